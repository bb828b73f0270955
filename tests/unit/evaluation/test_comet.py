"""COMET is asked as its package wants to be asked; the package itself and its model are not here."""

import sys
from types import ModuleType

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu_variants import comet_score


class Recorded:
    """A model that remembers what it was given."""

    def predict(self, samples, *, batch_size, gpus, progress_bar):
        self.samples, self.gpus = samples, gpus
        return {"system_score": 0.8125}


@pytest.fixture
def package(monkeypatch):
    """What unbabel-comet 2.2 offers, in place of it."""
    module = ModuleType("comet")
    module.recorded = Recorded()
    module.asked = []

    def download_model(name):
        if name == "nobody/nothing":
            raise KeyError(f"Model '{name}' not supported by COMET.")
        module.asked.append(name)
        return f"/models/{name}.ckpt"

    def load_from_checkpoint(path):
        module.asked.append(path)
        return module.recorded

    module.download_model, module.load_from_checkpoint = download_model, load_from_checkpoint
    monkeypatch.setitem(sys.modules, "comet", module)
    return module


def test_source_translation_and_reference_go_to_the_model_and_the_score_comes_in_percent(package):
    assert comet_score(["a"], ["b"], ["c"], model="Unbabel/x") == pytest.approx(81.25)
    assert package.recorded.samples == [{"src": "a", "mt": "b", "ref": "c"}]
    assert package.asked == ["Unbabel/x", "/models/Unbabel/x.ckpt"]


def test_a_checkpoint_file_is_not_looked_for_on_the_network(package):
    comet_score(["a"], ["b"], ["c"], model="/here/model.ckpt")
    assert package.asked == ["/here/model.ckpt"]


def test_an_unknown_model_is_told(package):
    with pytest.raises(UserError, match=r"nobody/nothing cannot be loaded"):
        comet_score(["a"], ["b"], ["c"], model="nobody/nothing")


def test_without_the_package_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "comet", None)
    with pytest.raises(UserError, match="pip install unbabel-comet"):
        comet_score(["a"], ["b"], ["c"], model="Unbabel/x")
