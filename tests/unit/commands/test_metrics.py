"""Training metrics in other programs."""

import json
import sys

import pytest

from run_step import run_command
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines

TRAIN = {"kind": "train", "updates": 5, "epoch": 0.5, "loss_per_word": 4.5, "device": "CPU"}
SENT = (
    *(("train", name) for name in ("updates", "epoch", "loss_per_word")),
    *(("dev", name) for name in ("updates", "epoch", "bleu")),
)
DEV = {"kind": "dev", "updates": 10, "epoch": 1.0, "bleu": 12.5}


@pytest.fixture
def results(tmp_path):
    for name, record in (("001.train", TRAIN), ("001.dev", DEV)):
        write_lines(tmp_path / f"toy/train/reversed-1/{name}.jsonl", [json.dumps(record)])
    return tmp_path / "toy"


def test_the_records_are_in_tensorboard_by_model_and_updates(results):
    pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run_command("metrics", results, "--to", "tensorboard")
    found = EventAccumulator(str(results / "tensorboard/reversed-1"))
    found.Reload()
    names = [f"{kind}/{name}" for kind, name in SENT]
    assert sorted(found.Tags()["tensors"]) == sorted(names)
    (event,) = found.Tensors("dev/bleu")
    assert (event.step, event.tensor_proto.float_val[0]) == (10, 12.5)


@pytest.mark.parametrize("package", ["tensorboard.summary", "wandb", "mlflow"])
def test_a_package_that_is_not_installed_is_named(results, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not there
    package = package.partition(".")[0]
    with pytest.raises(UserError, match=f"{package} is not installed. Run `pip install {package}`"):
        run_command("metrics", results, "--to", package)


def test_a_folder_without_metrics_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"has no metrics\. Give a folder such as results/demo"):
        run_command("metrics", tmp_path, "--to", "mlflow")
