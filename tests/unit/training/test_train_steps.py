"""The programs of the chain, called one after the other as Snakemake does."""

import json
import os
import resource
from dataclasses import replace

import pytest
import torch

from segment_chain import SegmentChain
from seq2seq.errors import UserError
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint
from seq2seq.training.distributed import training_world


@pytest.fixture
def chain(tmp_path):
    made = SegmentChain(tmp_path)
    made.begin()
    return made


def test_a_relay_goes_from_segment_to_segment_and_tells_its_measurements(chain):
    for segment in (1, 2):
        chain.train(segment)
    last = read_checkpoint(chain.checkpoint(2))
    assert (last.segment, last.updates) == (2, 5)
    records = [
        json.loads(line) for line in (chain.folder / "002.train.jsonl").read_text().splitlines()
    ]
    assert records[-1]["updates"] == 5
    assert records[-1]["epoch"] == 1.0
    assert {record["kind"] for record in records} == {"train"}


def test_deterministic_algorithms_are_on_before_cuda_starts_and_change_no_bit_here(
    chain, monkeypatch
):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    chain.train(1)
    expected = read_checkpoint(chain.checkpoint(1))
    chain.settings = replace(chain.settings, deterministic=True)
    monkeypatch.setattr(
        "seq2seq.steps.train.training_world", lambda: (assert_deterministic(), training_world())[1]
    )
    try:
        chain.train(1)
    finally:
        torch.use_deterministic_algorithms(False)
        torch.utils.deterministic.fill_uninitialized_memory = True
    found = read_checkpoint(chain.checkpoint(1))
    assert all(torch.equal(found.network[name], one) for name, one in expected.network.items())


def assert_deterministic():
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert torch.are_deterministic_algorithms_enabled()


def refused(chain, segment=1):
    with pytest.raises(UserError, match="belongs to another training") as error:
        chain.train(segment)
    assert not chain.checkpoint(segment).exists()
    return str(error.value)


def test_other_settings_than_the_checkpoint_s_stop_the_segment(chain):
    chain.model = replace(chain.model, hidden_size=7)
    assert "000.safetensors: belongs to another training: model.hidden_size was 6 and is 7" in (
        refused(chain)
    )


def test_another_seed_stops_the_segment(chain):
    chain.seed = 2
    assert "seed was 1 and is 2" in refused(chain)


def test_another_vocabulary_stops_the_segment(chain):
    chain.train(1)
    chain.write_vocabulary("target", 6)
    assert "target_words was 5 and is 6; data.target_vocabulary was" in refused(chain, 2)


def test_other_data_stop_the_segment(chain):
    chain.write_ids("source", [[2, 3, 4]] * 40)
    assert "data.source_words was" in refused(chain)


@pytest.mark.parametrize("room", [0, 100, 3000])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_checkpoint_before(chain, room):
    path = chain.checkpoint(0)
    before, checkpoint = path.read_bytes(), read_checkpoint(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(UserError, match=r"000\.safetensors: cannot be written \(.+\)\. Free"):
            write_checkpoint(path, replace(checkpoint, segment=1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [file.name for file in chain.folder.iterdir() if file.name.startswith(".")] == []
