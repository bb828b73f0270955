import pytest
import torch

from seq2seq.errors import UserError
from seq2seq.training.optimizers import make_optimizer, merged_on_gpu
from tiny_models import network, segment_settings

SOURCE = torch.tensor([[5, 3], [4, 4], [1, 1]])
INPUTS = torch.tensor([[1, 1], [2, 3]])
TARGETS = torch.tensor([[2, 3], [1, 1]])
SENTENCES = 2


def loss_of(made):
    return made.loss(SOURCE, INPUTS, TARGETS)


@pytest.mark.parametrize("scale", [1, 1000], ids=["below the norm", "clipped"])
def test_sgd_divides_by_sentences_clips_the_whole_gradient_and_steps(scale):
    ours, plain = network(seed=1), network(seed=1)
    (loss_of(ours) * scale).backward()
    norm = make_optimizer(ours, segment_settings()).update(SENTENCES)
    (loss_of(plain) * scale / SENTENCES).backward()
    expected = torch.nn.utils.clip_grad_norm_(plain.parameters(), 5.0)
    torch.testing.assert_close(norm, expected)
    with torch.no_grad():
        for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
            torch.testing.assert_close(one, other - 0.7 * other.grad)


def test_sparse_embedding_gradients_give_the_same_step():
    sparse, dense = network(seed=1), network(seed=1)
    sparse.use_sparse_embedding_gradients()
    norms = []
    for made in (sparse, dense):
        (loss_of(made) * 1000).backward()
        norms.append(make_optimizer(made, segment_settings()).update(SENTENCES))
    torch.testing.assert_close(*norms)
    for one, other in zip(sparse.parameters(), dense.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_rows_merged_without_asking_how_many_are_the_coalesced_ones_and_zeros():
    words = torch.tensor([[4, 2, 4, 0, 2, 4]])
    rows = torch.arange(12, dtype=torch.double).view(6, 2)
    gradient = torch.sparse_coo_tensor(words, rows, (6, 2))
    merged = merged_on_gpu(gradient)
    assert len(merged._values()) == 6
    assert torch.equal(merged.to_dense(), gradient.to_dense())
    assert merged._values().norm() == gradient.coalesce().values().norm()


@pytest.mark.gpu
def test_the_gpu_is_asked_nothing_during_an_update():
    made = network(seed=1).float().cuda()
    made.use_sparse_embedding_gradients()
    optimizer = make_optimizer(made, segment_settings())
    place, targets = torch.arange(4).cuda(), TARGETS.flatten().cuda()
    source, inputs = SOURCE.cuda(), INPUTS.cuda()
    torch.cuda.set_sync_debug_mode("error")
    try:
        made.loss_at(source, inputs, place, targets).backward()
        optimizer.update(SENTENCES)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_adam_is_that_of_pytorch_on_the_clipped_gradient_also_after_a_restart():
    settings = segment_settings(optimizer="adam", learning_rate=0.01)
    ours, plain = network(seed=1), network(seed=1)
    theirs = torch.optim.Adam(plain.parameters(), lr=0.01)
    optimizer = make_optimizer(ours, settings)
    for _ in range(4):
        loss_of(ours).backward()
        optimizer.update(SENTENCES)
        state, optimizer = optimizer.state(), make_optimizer(ours, settings)
        optimizer.restore(state)
        (loss_of(plain) / SENTENCES).backward()
        torch.nn.utils.clip_grad_norm_(plain.parameters(), 5.0)
        theirs.step()
        theirs.zero_grad()
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_sgd_refuses_the_state_of_another_optimizer():
    optimizer = make_optimizer(network(seed=1), segment_settings())
    with pytest.raises(UserError, match="another optimizer"):
        optimizer.restore({"0.exp_avg": torch.zeros(1)})
