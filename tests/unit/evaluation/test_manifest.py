"""The certificate of a run: made, checked, and what the check finds when something was changed."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from run_step import run_command, run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.bootstrap import score_translations
from seq2seq.evaluation.manifest import (
    code_version,
    pack,
    package_versions,
    seeds_of,
    settings_digest,
    this_machine,
)
from seq2seq.io.files import read_lines, write_json, write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses

SETTINGS = {
    "experiment": "toy",
    "data": {"target_language": "fr", "tokenizer": "moses", "seed": 3},
    "evaluate": {"seed": 1},
    "models": {"reversed-1": {"seed": 7, "source_order": "reversed"}},
}
REFERENCES = [f"le chat numéro {number} dort sur le tapis" for number in range(30)]
OUTPUT = "translations/reversed-1.beam12"


def made(results):
    """A results folder with one model and one output."""
    text = [f"{line}." for line in REFERENCES]
    tokens = [f"{line} ." for line in REFERENCES]
    for kind, lines in (("text", text), ("tokens", tokens)):
        write_lines(results / "data" / kind / "test.target.txt", lines)
    hypotheses = [line.replace("dort", "mange") for line in tokens]
    rows = [Hypothesis(number, 1, (-1.5,), line) for number, line in enumerate(hypotheses)]
    write_hypotheses(results / f"{OUTPUT}.tsv", ("log_probability",), rows)
    plain = [line.replace("dort", "mange") for line in text]
    score = score_translations(Lines(hypotheses, plain), Lines(tokens, text), seed=1)
    write_json(results / "evaluate" / f"{OUTPUT}.json", score)
    record = {"kind": "train", "words": 10, "seconds": 2, "device": "a GPU", "torch": "2.13"}
    write_lines(results / "models" / "reversed-1" / "metrics.jsonl", [json.dumps(record)])
    (results / "models" / "reversed-1" / "model.safetensors").write_bytes(b"weights")


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results" / "toy"
    made(folder)
    arguments = [
        *("--settings", json.dumps(SETTINGS)),
        *("--reference-tokens", folder / "data" / "tokens" / "test.target.txt"),
        *("--reference-text", folder / "data" / "text" / "test.target.txt"),
        *("--outputs", f"{OUTPUT}={folder}/{OUTPUT}.tsv"),
        *("--metrics", folder / "models" / "reversed-1" / "metrics.jsonl"),
        *("--files", folder / "models" / "reversed-1" / "model.safetensors"),
        *("--output", folder / "certificate.json"),
    ]
    run_step("claims", "write-certificate", *map(str, arguments))
    return folder


def differences(capsys, folder, name="certificate.json"):
    """What `seq2seq verify` prints, and its exit code."""
    code = 0
    try:
        run_command("verify", folder / name)
    except SystemExit as stop:
        code = stop.code
    return capsys.readouterr().out.split("\n")[:-1], code


def test_what_was_certified_verifies_wherever_it_is_taken(results, tmp_path, capsys):
    assert differences(capsys, results) == ([], 0)
    elsewhere = tmp_path / "elsewhere"
    shutil.move(results, elsewhere)
    assert differences(capsys, elsewhere) == ([], 0)


@pytest.fixture
def package(results, tmp_path):
    """A package of the run, with the log of tuning, and the folder that holds it."""
    write_lines(results / "tables" / "claims.tsv", ["id"])
    write_lines(tmp_path / "tried.tsv", ["date\tsetting"])
    output = tmp_path / "elsewhere" / "toy.tar"
    output.parent.mkdir()
    run_command("package", results, "--add", tmp_path / "tried.tsv", "--output", output)
    return output


def test_a_package_verifies_packed_and_unpacked_and_has_what_was_added(package, results, capsys):
    shutil.rmtree(results)
    folder = package.parent
    capsys.readouterr()
    assert differences(capsys, folder, "toy.tar") == ([], 0)
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
        owners = {(one.uid, one.mtime, one.uname) for one in archive.getmembers()}
    assert owners == {(0, 0, "")}
    assert differences(capsys, folder, "toy") == ([], 0)
    names = {"provenance/tried.tsv", "tables/claims.tsv", "certificate.json", f"{OUTPUT}.tsv"}
    assert names <= {line.split("  ")[1] for line in read_lines(folder / "toy/manifest-sha256.txt")}
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "manifest-sha256.txt"], cwd=folder / "toy"
    )
    assert checked.returncode == 0
    crate = json.loads((folder / "toy/ro-crate-metadata.json").read_text(encoding="utf-8"))
    entities = {one["@id"]: one for one in crate["@graph"]}
    packed = {str(one.relative_to(folder / "toy")) for one in (folder / "toy").rglob("*.*")}
    packed -= {"manifest-sha256.txt", "ro-crate-metadata.json"}
    assert {one["@id"] for one in entities["./"]["hasPart"]} == packed
    tried = (folder / "toy/provenance/tried.tsv").read_bytes()
    assert entities["provenance/tried.tsv"]["sha256"] == hashlib.sha256(tried).hexdigest()


def test_a_changed_file_of_a_package_is_found_by_its_manifest(package, capsys):
    with tarfile.open(package) as archive:
        archive.extractall(package.parent, filter="data")
    folder = package.parent / "toy"
    (folder / "provenance" / "tried.tsv").write_text("nothing\n", encoding="utf-8")
    (folder / "tables" / "claims.tsv").unlink()
    capsys.readouterr()
    assert differences(capsys, package.parent, "toy") == (
        [
            "provenance/tried.tsv: has changed, by manifest-sha256.txt",
            "tables/claims.tsv: is missing, by manifest-sha256.txt",
        ],
        1,
    )


def test_the_same_files_make_the_same_package(package, results, tmp_path):
    again = tmp_path / "again.tar"
    run_command("package", results, "--add", tmp_path / "tried.tsv", "--output", again)
    assert again.read_bytes() == package.read_bytes()


def test_what_is_no_package_or_lacks_a_file_is_one_sentence(results, tmp_path):
    (results / "models" / "reversed-1" / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors: cannot be packed .* Rerun"):
        pack(results, [], tmp_path / "toy.tar")
    assert not (tmp_path / "toy.tar").exists()
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(results / "evaluate", "evaluate")
    for path, name in ((tmp_path / "other.tar", "other.tar"), (tmp_path, "certificate.json")):
        with pytest.raises(UserError, match=name):
            run_command("verify", path)


def test_the_certificate_tells_what_was_made_of_what(results):
    found = json.loads((results / "certificate.json").read_text(encoding="utf-8"))
    assert found["seeds"] == {"data.seed": 3, "evaluate.seed": 1, "models.reversed-1.seed": 7}
    assert found["configuration"] == SETTINGS
    assert found["trained_on"] == [{"device": "a GPU", "torch": "2.13"}]
    assert found["packages"].keys() >= {"python", "numpy", "sacrebleu"}
    assert found["code"].keys() == {"commit", "modified"}
    assert set(found["files"]) == {
        "data/text/test.target.txt",
        "data/tokens/test.target.txt",
        f"evaluate/{OUTPUT}.json",
        "models/reversed-1/metrics.jsonl",
        "models/reversed-1/model.safetensors",
        f"{OUTPUT}.tsv",
    }
    score = found["outputs"][OUTPUT]["score"]
    assert score["signature"].startswith("nrefs:1|case:mixed|eff:no|tok:none|smooth:none|")
    assert str(results) not in json.dumps(found)


def test_a_changed_translation_is_found_by_its_checksum_and_its_score(results, capsys):
    path = results / f"{OUTPUT}.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("mange", "dort!", 3), "utf-8")
    lines, code = differences(capsys, results)
    assert code == 1
    assert lines[0].startswith(f"{OUTPUT}.tsv: sha256 ")
    assert any(line.startswith(f"{OUTPUT}: sacrebleu_13a was ") for line in lines)


def test_a_score_that_was_made_up_is_found(results, capsys):
    path = results / "certificate.json"
    certificate = json.loads(path.read_text(encoding="utf-8"))
    honest = certificate["outputs"][OUTPUT]["score"]["bleu"]
    certificate["outputs"][OUTPUT]["score"]["bleu"] = honest + 0.01
    write_json(path, certificate)
    lines, code = differences(capsys, results)
    assert (len(lines), code) == (1, 1)
    assert lines[0].startswith(f"{OUTPUT}: bleu was ")


def test_a_changed_configuration_is_found(results, capsys):
    path = results / "certificate.json"
    certificate = json.loads(path.read_text(encoding="utf-8"))
    certificate["configuration"]["models"]["reversed-1"]["seed"] = 8
    write_json(path, certificate)
    lines, code = differences(capsys, results)
    assert (len(lines), code) == (1, 1)
    assert lines[0].startswith("configuration: sha256 ")


def test_a_file_of_another_length_or_none_at_all_is_named(results, capsys):
    (results / "models" / "reversed-1" / "model.safetensors").write_bytes(b"other weights")
    (results / f"{OUTPUT}.tsv").unlink()
    lines, code = differences(capsys, results)
    assert code == 1
    assert "models/reversed-1/model.safetensors: had 7 bytes, has 13" in lines
    assert f"{OUTPUT}.tsv: is missing" in lines
    assert f"{OUTPUT}: cannot be scored without {OUTPUT}.tsv" in lines


def test_a_file_that_is_no_certificate_is_refused(tmp_path):
    write_json(tmp_path / "certificate.json", {"format": 1})
    with pytest.raises(UserError, match="not a certificate of this version"):
        run_command("verify", tmp_path / "certificate.json")


def test_equal_settings_have_equal_digests():
    assert settings_digest({"a": 1, "b": {"c": 2, "d": 3}}) == settings_digest(
        {"b": {"d": 3, "c": 2}, "a": 1}
    )
    assert settings_digest({"a": 1}) != settings_digest({"a": 2})
    assert seeds_of({"a": {"seed": 1, "seeds": 5}, "seed": 2}) == {"a.seed": 1, "seed": 2}


def test_a_checkout_tells_its_commit_and_whether_it_was_changed(tmp_path):
    def git(*arguments):
        fingerprint = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        command = ["git", "-C", str(tmp_path), *fingerprint, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert code_version(tmp_path / "nowhere") == {"commit": None, "modified": None}
    git("init", "-q")
    (tmp_path / "file").write_text("one", "utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    assert code_version(tmp_path) == {"commit": git("rev-parse", "HEAD"), "modified": False}
    (tmp_path / "file").write_text("two", "utf-8")
    assert code_version(tmp_path) == {"commit": git("rev-parse", "HEAD"), "modified": True}


def test_packages_that_are_not_there_are_left_out():
    assert package_versions(["no-such-package-here"]).keys() == {"python"}
    machine = this_machine()
    assert machine["cores"] >= 1 and machine["memory_gib"] > 0
    assert Path(machine["platform"].split(" ")[0]).name
