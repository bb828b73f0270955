"""The programs of the chain, called one after the other as Snakemake does."""

import json
import resource
from dataclasses import replace

import pytest

from segment_chain import SegmentChain
from seq2seq.errors import UserError
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint


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
