from dataclasses import replace

import pytest
import torch

from seq2seq.errors import UserError
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training import trainer
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint
from seq2seq.training.distributed import World
from seq2seq.training.trainer import train_segment
from tiny_models import beginning, random_corpus, segment_settings

ALONE = World(torch.device("cpu"))


def chain(settings, segments, tmp_path=None):
    """Train segment after segment, through files if there is a folder for them."""
    checkpoint, records = beginning(), []
    for _ in range(segments):
        checkpoint = train_segment(
            checkpoint, random_corpus(101), settings, world=ALONE, record=records.append
        )
        if tmp_path:
            write_checkpoint(tmp_path / "checkpoint", checkpoint)
            checkpoint = read_checkpoint(tmp_path / "checkpoint")
    return checkpoint, records


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize(("optimizer", "learning_rate"), [("sgd", 0.7), ("adam", 0.01)])
def test_segments_make_the_same_bits_as_an_unbroken_training(
    tmp_path, optimizer, learning_rate, dropout
):
    def settings(epochs):
        return segment_settings(
            optimizer=optimizer, learning_rate=learning_rate, segment_epochs=epochs, dropout=dropout
        )

    broken, _ = chain(settings(0.5), 4, tmp_path)
    unbroken, _ = chain(settings(2.0), 1)
    assert broken.updates == unbroken.updates == 26
    assert all(torch.equal(broken.network[name], t) for name, t in unbroken.network.items())
    assert all(torch.equal(broken.optimizer[name], t) for name, t in unbroken.optimizer.items())


def test_training_learns_and_its_records_add_up():
    _, records = chain(segment_settings(segment_epochs=20), 1)
    assert records[-1]["perplexity"] < records[0]["perplexity"]
    assert records[-1]["updates"] == 20 * 13
    assert records[-1]["epoch"] == 20
    corpus = random_corpus(101)
    assert sum(record["words"] for record in records) == 20 * (len(corpus.target.words) + 101)


def test_a_training_that_diverges_stops_with_advice():
    before = beginning()
    broken = {name: tensor * float("nan") for name, tensor in before.network.items()}
    with pytest.raises(UserError, match=r"diverged.*learning_rate"):
        train_segment(
            replace(before, network=broken),
            random_corpus(101),
            segment_settings(),
            world=ALONE,
            record=lambda _: None,
        )


def test_a_corpus_of_a_larger_vocabulary_is_refused():
    with pytest.raises(
        UserError, match=r"source token id \d+, but the model's vocabulary has 4 words"
    ):
        train_segment(
            beginning(source_words=4),
            random_corpus(101),
            segment_settings(),
            world=ALONE,
            record=lambda _: None,
        )


@pytest.mark.parametrize("change", [{"batch_size": 2}, {"segment_epochs": 0.25}])
def test_a_checkpoint_of_another_batch_size_or_segment_names_the_settings(change):
    first = train_segment(
        beginning(), random_corpus(101), segment_settings(), world=ALONE, record=lambda _: None
    )
    with pytest.raises(UserError, match=r"6 updates, .*`train.batch_size`.*`train.segment_epochs`"):
        train_segment(
            first,
            random_corpus(101),
            replace(segment_settings(), **change),
            world=ALONE,
            record=lambda _: None,
        )


def test_the_largest_batch_comes_first_and_says_what_to_change(monkeypatch):
    sizes = []
    loss_at = EncoderDecoder.loss_at

    def counted(network, source_TB, inputs_TB, place_N, targets_N):
        sizes.append(source_TB.numel() + inputs_TB.numel())
        return loss_at(network, source_TB, inputs_TB, place_N, targets_N)

    monkeypatch.setattr(EncoderDecoder, "loss_at", counted)
    chain(segment_settings(segment_epochs=1.0), 1)
    assert len(sizes) == 1 + 13
    assert sizes[0] == max(sizes)

    def too_large(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes\nstack")

    monkeypatch.setattr(EncoderDecoder, "loss_at", too_large)
    with pytest.raises(UserError) as refused:
        chain(segment_settings(), 1)
    said = str(refused.value)
    assert said.startswith("training: its largest batch, 8 sentences of up to 6 source and ")
    assert "can't allocate memory: 9 bytes). Lower `train.batch_size`" in said


def test_another_failure_of_the_largest_batch_is_not_taken_for_lack_of_memory(monkeypatch):
    def broken(*_):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(EncoderDecoder, "loss_at", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        chain(segment_settings(), 1)


@pytest.mark.parametrize("measured", ["fp32", "bf16"])
def test_the_first_segment_chooses_the_precision_for_all(monkeypatch, tmp_path, measured):
    choices = iter([measured])
    monkeypatch.setattr(trainer, "faster_precision", lambda *_: next(choices))
    chosen, _ = chain(segment_settings(precision="auto"), 2, tmp_path)
    named, _ = chain(segment_settings(precision=measured), 2)
    assert chosen.fingerprint == named.fingerprint
    assert chosen.fingerprint.precision == measured
    assert all(torch.equal(chosen.network[name], t) for name, t in named.network.items())
