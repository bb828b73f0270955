"""What a run took, summed from Snakemake's benchmark files."""

import csv

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.costs import measured_costs
from seq2seq.io.files import read_lines
from seq2seq.steps.claims import list_costs

COLUMNS = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time"


@pytest.fixture
def folder(tmp_path):
    for name, seconds, memory, processor in (
        ("train/train_segment.reversed-1.001", "30.0", "900.5", "58.0"),
        ("train/train_segment.reversed-1.002", "50.0", "800.0", "99.0"),
        ("evaluate/score_bleu.translations/reversed-1.beam12", "2.0", "300.0", "1.5"),
        ("report/make_table.table1", "0.1", "-", "NA"),
    ):
        path = tmp_path / "benchmarks" / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rest = "\t".join("123456")
        path.write_text(f"{COLUMNS}\n{seconds}\t0:00:30\t{memory}\t{rest}\t{processor}\n")
    return tmp_path / "benchmarks"


def test_jobs_are_summed_by_rule_and_then_all(folder):
    rows = {
        row.rule or row.stage: tuple(row)[2:]
        for row in measured_costs(folder).itertuples(index=False)
    }
    assert rows == {
        "train_segment": (2, 80.0, 157.0, 900.5),
        "score_bleu": (1, 2.0, 1.5, 300.0),
        "make_table": (1, 0.1, 0.0, 0.0),
        "all": (4, 82.1, 158.5, 900.5),
    }


def test_the_table_is_written_for_programs_and_people(folder, tmp_path):
    output = [tmp_path / "costs.tsv", tmp_path / "costs.html"]
    list_costs(benchmarks=folder, note="a note", output=output)
    rows = list(csv.DictReader(read_lines(tmp_path / "costs.tsv"), delimiter="\t"))
    assert rows[-1] == {"stage": "all", "rule": "", "jobs": "4", "seconds": "82.1",
                        "cpu_seconds": "158.5", "max_megabytes": "900"}  # fmt: skip
    assert "train_segment" in (tmp_path / "costs.html").read_text("utf-8")


def test_what_is_no_benchmark_is_refused_by_name(tmp_path):
    with pytest.raises(UserError, match="no benchmark files"):
        measured_costs(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/notes.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(UserError, match=r"notes\.tsv: not a benchmark file"):
        measured_costs(tmp_path)
