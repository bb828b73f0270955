"""A user's own files as corpora, by settings alone."""

import gzip
import json
import sys
import zipfile
from pathlib import Path

import pytest

from configurations import PAPER_CONFIG, merged
from run_step import run_step
from seq2seq.config.data import HeldOut, HubDataset, LocalFiles, LocalTable, LocalZip
from seq2seq.config.loading import load_settings
from seq2seq.data.archives import read_pairs
from seq2seq.data.catalogue import as_argument, local_files, published
from seq2seq.errors import UserError

SOURCE, TARGET = "one\ntwo , three\n", "un\ndeux , trois\n"


def data(**settings):
    return load_settings(merged(PAPER_CONFIG, {"data": {"selection": "all"} | settings})).data


@pytest.fixture
def corpora(tmp_path: Path) -> dict[str, dict[str, object]]:
    """The same two pairs in each form."""
    (tmp_path / "a.en").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "a.fr.gz").write_bytes(gzip.compress(TARGET.encode()))
    (tmp_path / "a.tsv").write_text("1\tun\tone\n2\tdeux , trois\ttwo , three\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "OPUS.zip", "w") as archive:
        archive.writestr("README", "")
        archive.writestr("X.en-fr.en", SOURCE)
        archive.writestr("X.en-fr.fr", TARGET)
    return {
        "files": {"source": str(tmp_path / "a.en"), "target": str(tmp_path / "a.fr.gz")},
        "table": {"tsv": str(tmp_path / "a.tsv"), "source": 3, "target": 2},
        "zip": {"zip": str(tmp_path / "OPUS.zip")},
    }


@pytest.mark.parametrize(
    ("form", "kind"), [("files", LocalFiles), ("table", LocalTable), ("zip", LocalZip)]
)
def test_each_form_gives_its_pairs(corpora, tmp_path: Path, form: str, kind: type) -> None:
    settings = data(train=["europarl-v7", corpora[form]])
    assert isinstance(settings.train[1], kind)
    assert published(settings.train) == ["europarl-v7"]
    assert local_files(settings.train) == list(map(str, dict.fromkeys(
        value for value in corpora[form].values() if isinstance(value, str))))  # fmt: skip
    run_step("data", "extract-corpus", "--corpora", as_argument(settings.train[1], settings),
        "--downloads", tmp_path / "elsewhere",
        "--source-text", tmp_path / "s", "--target-text", tmp_path / "t",
    )  # fmt: skip
    assert (tmp_path / "s").read_text(encoding="utf-8") == SOURCE
    assert (tmp_path / "t").read_text(encoding="utf-8") == TARGET


def test_a_dataset_of_the_hub(tmp_path: Path) -> None:
    """A folder stands for the Hub: the package reads both in the same way."""
    pytest.importorskip("datasets", reason="the package datasets is not installed")
    rows = [{"translation": {"en": "one\nline", "fr": "un"}}, {"translation": {"en": "two"}}]
    for name, count in (("whole", 1), ("half", 2)):
        (tmp_path / name).mkdir()
        lines = "".join(f"{json.dumps(row)}\n" for row in rows[:count])
        (tmp_path / name / "train.jsonl").write_text(lines, encoding="utf-8")

    def extract(name: str) -> None:
        settings = data(train=[{"hf": str(tmp_path / name), "revision": "main"}])
        run_step("data", "extract-corpus", "--corpora", as_argument(settings.train[0], settings),
            "--downloads", tmp_path, "--source-text", tmp_path / "s", "--target-text", tmp_path / "t",
        )  # fmt: skip

    extract("whole")
    assert (tmp_path / "s").read_text(encoding="utf-8") == "one line\n"
    with pytest.raises(UserError, match="row 1 of `train` has no text in `en` or `fr`"):
        extract("half")
    with pytest.raises(UserError, match="cannot be loaded from the Hub"):
        extract("absent")


def test_without_the_package_for_the_hub_a_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)  # as if it were not there
    with pytest.raises(UserError, match="pip install datasets"):
        next(read_pairs(HubDataset("opus_books", "main"), "."))


def test_a_set_may_be_drawn_from_train() -> None:
    settings = data(dev={"from": "train", "sentences": 20}, test=["newstest2014"])
    assert settings.dev == HeldOut("train", 20)
    assert settings.held_out == {"dev": 20}
    assert settings.corpora("dev") == ()
    assert settings.corpora("test") == ("newstest2014",)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"dev": {"from": "test", "sentences": 20}}, "data.dev.from: must be one of train"),
        ({"dev": {"from": "train"}}, "data.dev.sentences: is missing"),
        ({"train": {"from": "train", "sentences": 5}}, "data.train: must be a list"),
        ({"train": [{"source": "a"}]}, "data.train.0.target: is missing"),
        ({"train": [{"tsv": "a", "source": 0, "target": 1}]}, "data.train.0.source: must be > 0"),
        ({"train": [{"tvs": "a", "source": 1, "target": 2}]}, "data.train.0.tvs: unknown key"),
        ({"demo_corpus": {"seed": 1, "pairs": 9, "dev_pairs": 1, "test_pairs": 1, "max_words": 9}},
         "data.train: is set beside `data.demo_corpus`"),
    ],
)  # fmt: skip
def test_a_wrong_corpus_is_a_sentence(settings, problem: str) -> None:
    with pytest.raises(UserError) as refused:
        data(**settings)
    assert problem in str(refused.value)


def test_a_zip_of_other_languages_is_a_sentence(corpora, tmp_path: Path) -> None:
    settings = data(train=[corpora["zip"]], target_language="de")
    outputs = "--source-text", tmp_path / "s", "--target-text", tmp_path / "t"
    with pytest.raises(UserError, match=r"0 members end in `\.de`, but one was expected"):
        run_step("data", "extract-corpus", "--corpora", as_argument(settings.train[0], settings),
            "--downloads", tmp_path, *outputs)  # fmt: skip
