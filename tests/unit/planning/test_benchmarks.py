"""Whose a benchmark is, by its file's name; and the table of what was forecast and measured."""

import pytest

from configurations import OVERLAYS, PAPER, load
from seq2seq.errors import UserError
from seq2seq.planning.benchmarks import job_of, read_benchmarks
from seq2seq.planning.comparison import HEADER, cost_rows
from seq2seq.planning.costs import RATES, Costs
from seq2seq.planning.devices import CORE, device_like, read_devices
from seq2seq.planning.sizes import Sizes

ENSEMBLE = "reversed-1+reversed-2"
FIVE = {"train": 1000, "dev": 50, "test": 50}
COLUMNS = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time"


@pytest.mark.parametrize(
    ("name", "rule", "wildcards"),
    [
        ("data/realize_corpus", "realize_corpus", {}),
        ("data/tokenize_corpus.dev.source", "tokenize_corpus", {"split": "dev", "side": "source"}),
        (
            "data/tokenize_corpus.3-of-16.target",
            "tokenize_corpus",
            {"scatteritem": "3-of-16", "side": "target"},
        ),
        (
            "baseline/expect_links.4.2-of-3",
            "expect_links",
            {"round": "4", "scatteritem": "2-of-3"},
        ),
        ("data/encode_corpus.dev.source", "encode_corpus", {"split": "dev", "side": "source"}),
        ("data/build_vocabulary.target", "build_vocabulary", {"side": "target"}),
        (
            "baseline/decode_baseline.test.2-of-16",
            "decode_baseline",
            {"split": "test", "scatteritem": "2-of-16"},
        ),
        ("train/reversed-1/001", "train_segment", {"model": "reversed-1"}),
        ("train/reversed-1/001.dev", "validate_segment", {"model": "reversed-1"}),
        ("train/reversed-1/export_model", "export_model", {"model": "reversed-1"}),
        (f"translate/{ENSEMBLE}.beam12", "translate_test", {"models": ENSEMBLE, "beam": "12"}),
        ("translate/score_perplexity", "score_perplexity", {}),
        (f"evaluate/translations/{ENSEMBLE}.beam12", "score_bleu", {}),
        ("evaluate/compare_systems.table1", "compare_systems", {}),
        (f"rescore/rescore_nbest.{ENSEMBLE}", "rescore_nbest", {"models": ENSEMBLE}),
        (
            "rescore/score_nbest.reversed-1.test.1-of-4",
            "score_nbest",
            {"model": "reversed-1", "split": "test", "scatteritem": "1-of-4"},
        ),
    ],
)
def test_a_benchmark_s_name_tells_its_rule(name, rule, wildcards):
    assert job_of(name) == (rule, wildcards)
    assert rule in RATES


@pytest.fixture
def folder(tmp_path):
    for name, seconds, memory in (
        ("train/reversed-1/001", "30.0", "900.5"),
        ("train/reversed-1/002", "50.0", "800.0"),
        ("report/make_table.table1", "0.1", "-"),
    ):
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{COLUMNS}\n{seconds}\t0:00:30\t{memory}\t" + "\t".join("1234567") + "\n")
    return tmp_path


def test_forecasts_stand_beside_what_was_measured(folder):
    costs = Costs(load(PAPER, OVERLAYS[0]), Sizes(FIVE, 1000, 10.0, 10.0))
    rows = [
        dict(zip(HEADER, row, strict=True))
        for row in cost_rows(list(read_benchmarks(folder)), costs, CORE)
    ]
    by_rule = {row["rule"] or row["stage"]: row for row in rows}
    trained = by_rule["train_segment"]
    assert (trained["jobs"], trained["seconds"], trained["megabytes"]) == ("2", "80.0", "900")
    assert float(trained["ratio"]) == pytest.approx(
        float(trained["forecast_seconds"]) / 80, abs=0.01
    )
    assert by_rule["all"]["jobs"] == "3"
    assert by_rule["all"]["seconds"] == "80.1"


def test_a_file_that_is_no_benchmark_is_named(tmp_path):
    (tmp_path / "notes.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(UserError, match=r"notes\.tsv: no benchmark"):
        list(read_benchmarks(tmp_path))


@pytest.mark.parametrize(
    ("names", "device"),
    [
        (["NVIDIA H100 80GB HBM3"], "H100"),
        (["CPU, 2 threads"], "core"),
        ([], "core"),
        (["NVIDIA GeForce"], "slow GPU"),
    ],
)
def test_a_device_is_known_by_a_part_of_its_name(repository, names, device):
    devices = read_devices(repository / "config/devices.tsv")
    assert device_like(devices, names).name == device
