from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from seq2seq.errors import UserError
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint
from tiny_models import beginning


def test_what_is_written_is_read_and_equal_checkpoints_are_equal_bytes(tmp_path):
    checkpoint = replace(beginning(), segment=3, updates=17, optimizer={"0.step": torch.ones(2)})
    write_checkpoint(tmp_path / "one", checkpoint)
    write_checkpoint(tmp_path / "two", checkpoint)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    found = read_checkpoint(tmp_path / "one")
    assert (found.fingerprint, found.segment, found.updates) == (checkpoint.fingerprint, 3, 17)
    assert all(torch.equal(found.network[name], t) for name, t in checkpoint.network.items())
    assert torch.equal(found.optimizer["0.step"], torch.ones(2))


@pytest.mark.parametrize("keep", [0, 5, 200])
def test_a_torn_checkpoint_is_refused_in_a_sentence(tmp_path, keep):
    path = tmp_path / "001.safetensors"
    write_checkpoint(path, beginning())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"001\.safetensors: damaged checkpoint"):
        read_checkpoint(path)


def test_what_is_not_ours_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match="not a checkpoint of seq2seq"):
        read_checkpoint(tmp_path / "other.safetensors")
    with pytest.raises(UserError, match="no such checkpoint"):
        read_checkpoint(tmp_path / "missing.safetensors")
