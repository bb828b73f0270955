"""``seq2seq estimate``: FLOPs by hand, the paper's own days, a measured run."""

from dataclasses import replace

import numpy as np
import pytest

from configurations import PAPER, REPOSITORY, load
from seq2seq.commands.estimate import estimate_table, find_machine, read_devices
from seq2seq.commands.workload import Workload
from seq2seq.data.catalogue import read_catalogue
from seq2seq.errors import UserError

CATALOGUE = read_catalogue(REPOSITORY / "config/corpora.tsv")
DEVICES = read_devices(REPOSITORY / "config/devices.tsv")
SECONDS, FP32, BF16, STEPS = range(4)
FIVE = tuple(f"reversed-{number}" for number in range(1, 6))


@pytest.fixture(scope="module")
def paper():
    return Workload(load(PAPER), CATALOGUE)


@pytest.fixture(scope="module")
def multi30k():
    """As it was measured: with one forward model, and no seeds in Table 2."""
    settings = load(PAPER, REPOSITORY / "config/multi30k.yaml")
    tables = {
        name: tuple(
            replace(row, seeds=()) if name == "table2" or "forward-1" in row.models else row
            for row in rows
        )
        for name, rows in settings.tables.items()
    }
    return Workload(replace(settings, tables=tables), CATALOGUE)


def table_of(workload, *, gpus=0, cores=64, device=None):
    return estimate_table(workload.stages(), find_machine(DEVICES, device, gpus, cores))


def seconds_on(work, device):
    return sum(find_machine(DEVICES, None if device == "core" else device,
                            int(device != "core"), 1).seconds(work))  # fmt: skip


def test_an_epoch_of_the_paper_is_six_flops_for_each_weight_that_a_word_meets(paper):
    """25.2 source and 28.8 target words and ``<EOS>``; 32M weights read, 112M write."""
    work, pairs = paper.training("reversed-1", epochs=1), paper.pairs["train"]
    assert pairs == pytest.approx(12_075_604, rel=0.1)  # from shares of words; the paper's own
    assert work[BF16] == pytest.approx(pairs * 6 * (26.2 * 32e6 + 29.8 * 112e6))
    assert work[BF16] == pytest.approx(2.78e17, rel=0.01)
    assert work[STEPS] == pytest.approx(np.ceil(pairs / 128) * 4 * 56)
    assert work[SECONDS] == work[FP32] == 0


def test_a_k40_at_the_speed_that_the_paper_tells_needs_its_ten_days(paper):
    """Section 3.5: 1,700 words a second on one GPU, 6,300 on eight, ten days in all."""
    days = seconds_on(paper.training("reversed-1", epochs=7.5), "K40") / 86_400
    assert days * 1700 / 6300 == pytest.approx(9.0, rel=0.1)


def test_half_an_epoch_on_an_a100_is_half_an_hour(paper):
    """Products take 0.32 hours at 120 TFLOP/s, the starts of 224 steps an update 0.14."""
    hours = seconds_on(paper.training("reversed-1", epochs=0.5), "A100") / 3600
    assert hours == pytest.approx(0.32 + 0.14, abs=0.02)


def test_a_run_of_multi30k_takes_what_it_took(multi30k):
    """57 minutes on two cores of the machine that the rates are from; a segment in fp32 125 s."""
    table = table_of(multi30k, cores=2)
    assert 60 * table["hours"]["total"] == pytest.approx(57, rel=0.1)
    segment = seconds_on(multi30k.training("reversed-1", epochs=1), "core")
    assert segment == pytest.approx(125, rel=0.15)


def test_more_gpus_are_faster_until_the_longest_chain(paper):
    one, eight, many = (table_of(paper, gpus=gpus, device="H100") for gpus in (1, 8, 800))
    assert eight["hours"]["train"] < one["hours"]["train"] / 5
    assert eight["gpu_hours"]["total"] == pytest.approx(one["gpu_hours"]["total"])
    assert many["hours"]["train"] == pytest.approx(many["chain_hours"]["train"])
    assert (many["hours"] >= many["chain_hours"] - 1e-9).all()


def test_the_range_is_the_device_s_factor(paper):
    train = table_of(paper, gpus=8, device="H100").loc["train"]
    assert train["hours_most"] / train["hours"] == pytest.approx(2, rel=0.01)
    assert train["hours"] / train["hours_least"] == pytest.approx(2, rel=0.01)


def test_money_and_energy_are_hours_of_busy_devices(paper):
    total = table_of(paper, gpus=8, device="A100").loc["total"]
    gpu, core = total["gpu_hours"], total["core_hours"]
    assert total["price"] == pytest.approx(2 * gpu + 0.04 * core)
    assert total["kwh"] == pytest.approx(0.4 * gpu + 0.008 * core)


def test_without_a_gpu_all_hours_are_of_cores(paper):
    table = table_of(paper, cores=2)
    assert (table["gpu_hours"] == 0).all()
    assert table["hours"]["train"] == pytest.approx(table["core_hours"]["train"] / 2)


def test_fewer_models_cost_less(paper, tmp_path):
    """Of the tables the first trained row alone, without figures: two models, not eight."""
    overlay = tmp_path / "fewer.yaml"
    rows = "{systems: []}"
    overlay.write_text(
        "tables:\n  table1:\n  - {system: one, translate: {models: [forward-1], beam: 12}}\n"
        f"  table2: []\nlength_plot: {{curves: []}}\nrarity_plot: {{curves: []}}\n"
        f"bleu_variants: {rows}\nexamples: {rows}\n"
    )
    fewer = table_of(Workload(load(PAPER, overlay), CATALOGUE)).loc["total"]
    whole = table_of(paper).loc["total"]
    assert fewer["petaflop"] == pytest.approx(whole["petaflop"] / 4, rel=0.01)
    for name in ("core_hours", "hours", "disk_gb", "price", "kwh"):
        assert fewer[name] < whole[name], name


def test_five_models_with_beam_two_are_cheaper_than_one_with_beam_twelve(paper):
    """As the paper says in section 3.6; an ensemble costs as much as its models."""
    one, five = (paper._search(models, "test", 2) for models in (FIVE[:1], FIVE))
    assert five == pytest.approx(5 * one)
    assert five[FP32] < paper._search(FIVE[:1], "test", 12)[FP32]


def test_a_training_holds_three_checkpoints_of_each_model(paper):
    """The one before, the next, the exported one: 1.5 GB each, of eight models."""
    disk = {stage.name: stage.disk for stage in paper.stages()}
    assert disk["train"] == 8 * 3 * 4 * 384e6
    assert disk["data"] > paper.pairs["train"] * 54 * 6
    assert 160e9 < disk["baseline"] < 220e9  # aligning keeps 15 KB a pair meanwhile
    assert 6e9 < paper.training_bytes("reversed-1") < 8e9  # `make paper-smoke` allows 8 GB


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--device", "H10", "--gpus", 1],
         "--device H10: unknown GPU (did you mean `H100`?); config/devices.tsv has K40, A100, H100."),
        (["--device", "A100"],
         "--device A100 needs --gpus, such as `--gpus 8 --device A100`."),
        (["--gpus", 2], "--gpus needs a --device, such as `--gpus 8 --device H100`."),
        (["--cores", 0], "--gpus must be >= 0 and --cores >= 1, got 0 and 0."),
    ],
)  # fmt: skip
def test_a_machine_that_makes_no_sense_is_one_sentence(seq2seq, arguments, sentence):
    ended = seq2seq("estimate", *arguments)
    assert (ended.returncode, ended.stderr.decode()) == (2, f"error: {sentence}\n")


def test_the_command_prints_stages_range_path_and_sources(seq2seq):
    overlay = REPOSITORY / "config/multi30k.yaml"
    arguments = ("--configfile", overlay, "--gpus", 8, "--cores", 64, "--device", "H100")
    ended = seq2seq("estimate", *arguments)
    lines = ended.stdout.decode().split("\n")
    assert ended.returncode == 0, ended.stderr
    assert [line.split()[0] for line in lines[1:8]] == [
        *("data", "baseline", "train", "translate", "rescore", "report", "total")
    ]
    assert any(line.startswith("On 8 x H100 and 64 cores: ") for line in lines)
    assert any(line.startswith("Critical path: data ") for line in lines)
    assert sum("within a factor of" in line for line in lines) == 2


def test_text_for_a_number_in_the_table_of_devices_is_refused(tmp_path):
    text = (REPOSITORY / "config/devices.tsv").read_text("utf-8")
    (tmp_path / "devices.tsv").write_text(text.replace("40000", "many"))
    with pytest.raises(UserError, match=r"devices\.tsv: .*'many'"):
        read_devices(tmp_path / "devices.tsv")
