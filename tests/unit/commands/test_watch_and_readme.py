"""The live page and the README's block, each from the files of a results folder."""

import re

import pytest
import yaml

from cli_runner import REPOSITORY, Workbench, tiny_settings
from run_step import run_command
from seq2seq.commands import watch as module
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.report.page.progress import newest_logs, parts
from toy_results import ODD, toy_experiment, write_results


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A finished run, as seen from the working directory, and its overlay ``tiny.yaml``."""
    monkeypatch.chdir(tmp_path)
    experiment = toy_experiment()
    tiny = tiny_settings(Workbench(REPOSITORY))
    tiny["tables"]["table1"][1]["system"] = ODD
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(tiny))
    return write_results(tmp_path / experiment.results, experiment)


def test_the_live_page_is_rewritten_until_everything_is_there(folder, monkeypatch):
    claims = (folder / "tables/claims.tsv").read_text()
    score = folder / "evaluate/baseline/best.json"
    (folder / "tables/claims.tsv").unlink()
    pages, waited = [], []

    def sleep(seconds):
        waited.append(seconds)
        pages.append((folder / "live.html").read_text())
        if len(waited) == 1:
            score.write_text("{half")  # as a job that is writing on a network disk may leave it
        else:
            score.write_text('{"bleu": 20, "bleu_low": 19, "bleu_high": 21}')
            (folder / "tables/claims.tsv").write_text(claims)

    monkeypatch.setattr(module.time, "sleep", sleep)
    run_command("watch", "--configfile", "tiny.yaml", "--every", "7")
    assert waited == [7, 7]
    assert pages[0] == pages[1]
    assert "Waiting for <code>tables/claims.tsv</code>" in pages[0]
    assert "location.reload(), 7000" in pages[0]
    assert "Not yet" not in (folder / "live.html").read_text()
    assert not (folder / "report.html").exists()  # Snakemake's


def test_one_page_of_the_results_so_far(folder):
    (folder / "tables/claims.tsv").unlink()
    run_command("watch", "--configfile", "tiny.yaml", "--once")
    assert "location.reload" not in (folder / "live.html").read_text()
    (folder / "evaluate/baseline/best.json").write_text("{half")
    with pytest.raises(UserError, match="not valid JSON"):
        run_command("watch", "--configfile", "tiny.yaml", "--once")


def test_a_part_runs_while_its_log_is_written(folder, monkeypatch):
    experiment = toy_experiment()
    (folder / "evaluate/rescore/forward-1.json").unlink()
    log = folder / "logs/rescore/rescore_nbest.forward-1.log"
    other = folder / "logs/rescore/rescore_nbest.forward-1+reversed-1.log"

    def state():
        name = "Rescoring the baseline 5-best with a single forward LSTM"
        return next(part.state for part in parts(experiment, folder) if part.name == name)

    write_lines(other, ["of another"])
    assert state() == "to come"
    write_lines(log, ["begins", "sentence 7", ""])
    assert state() == "running"
    assert newest_logs(folder)[0].line in ("sentence 7", "of another")
    later = log.stat().st_mtime + 1000
    monkeypatch.setattr("seq2seq.report.page.progress.time.time", lambda: later)
    assert state() == "begun"


def test_the_readme_s_block_and_images_come_from_the_run(folder, tmp_path):
    before, after = ["# Title", "<!-- results:begin -->", "old"], ["<!-- results:end -->", "more"]
    write_lines(tmp_path / "README.md", before + after)
    run_command("readme", "--configfile", "tiny.yaml")
    text = (tmp_path / "README.md").read_text()
    lines = text.split("\n")
    assert lines[:2] == before[:2]
    assert lines[-3:-1] == after
    assert "old" not in lines
    rows = [re.split(r" ?\| ?", line)[1:-1] for line in lines if line.startswith("|")]
    assert {len(row) for row in rows} == {6}
    assert rows[0][-2:] == ["Paper's gain", "Our gain"]
    assert ["33.30", "20.00", "19.00–21.00", "+0.00", "+0.00"] in [row[1:] for row in rows]
    assert (
        "- Reversing the source: +2.00 BLEU (95 % interval +1.00 to +3.00; the paper +4.00)" in text
    )
    for image in re.findall(r'src="([^"]+)"', text):
        drawn = (tmp_path / image).read_text()
        assert drawn.lstrip().startswith("<svg")
        assert "33.30" in drawn or "reversed-1" in drawn
    assert "Baseline &lt;b&gt;System" in (tmp_path / "docs/images/tiny-table.svg").read_text()
    run_command("readme", "--configfile", "tiny.yaml")
    assert (tmp_path / "README.md").read_text() == text


def test_the_readme_is_left_alone_without_marks_or_results(folder, tmp_path):
    write_lines(tmp_path / "README.md", ["# Title"])
    with pytest.raises(UserError, match="has no lines"):
        run_command("readme", "--configfile", "tiny.yaml")
    (folder / "tables/claims.tsv").unlink()
    with pytest.raises(UserError, match=r"tables/claims.tsv missing. Run it first."):
        run_command("readme", "--configfile", "tiny.yaml")
    assert (tmp_path / "README.md").read_text() == "# Title\n"
