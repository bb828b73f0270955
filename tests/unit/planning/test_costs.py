"""What jobs take, told from the configuration: against measured runs, and by the laws of counting."""

import pytest

from configurations import OVERLAYS, PAPER, REPOSITORY, load
from seq2seq.data.catalogue import read_catalogue
from seq2seq.errors import UserError
from seq2seq.planning.costs import RATES, Costs
from seq2seq.planning.devices import CORE, SLOW_GPU, Device, Work, find_device, read_devices
from seq2seq.planning.disk import disk_of
from seq2seq.planning.loads import Amounts, Loads, Shape
from seq2seq.planning.sizes import sizes_of

DEMO, MULTI30K = (REPOSITORY / "config" / f"{name}.yaml" for name in ("demo", "multi30k"))
MODEL = {"model": "reversed-1"}


def costs_of(*overlays):
    catalogue = read_catalogue(REPOSITORY / "config/corpora.tsv")
    pairs = {name: corpus.pairs for name, corpus in catalogue.corpora.items()}
    settings = load(PAPER, *overlays)
    return Costs(settings, sizes_of(settings, pairs))


@pytest.fixture(scope="module")
def paper():
    return costs_of()


@pytest.fixture(scope="module")
def multi30k():
    return costs_of(MULTI30K)


def seconds(costs, rule, **wildcards):
    return CORE.seconds(costs.work(rule, wildcards), threads=costs.rate(rule).threads)


def test_the_paper_s_networks_have_its_parameters(paper):
    shape = Shape.of(paper.settings, "reversed-1")
    assert shape.parameters == 384_000_000
    assert shape.encoder == shape.decoder == 32_000_000
    assert shape.softmax == 80_000_000


def test_a_segment_of_the_paper_is_so_many_products(paper):
    """Six operations for each weight that a word meets; 26.2 and 29.8 words with ``<EOS>``."""
    load = Loads(paper.settings, paper.sizes, MODEL).of("training")
    expected = 6 * 12_075_604 / 2 * (26.2 * 32e6 + 29.8 * 112e6)
    assert load.flops == pytest.approx(expected)
    assert load.precision == "bf16"


def test_the_speed_that_the_paper_tells_gives_its_ten_days(paper):
    """A K40's 1,700 words of both languages a second: section 3.5 has 6,300 on eight, ten days."""
    devices = read_devices(REPOSITORY / "config/devices.tsv")
    segment = paper.work("train_segment", MODEL)
    days = 15 * devices["K40"].seconds(segment, threads=1) / 86_400
    assert days * 1700 / 6300 == pytest.approx(9.0, rel=0.1)


# Seconds of jobs of a Multi30k run on two cores of the reference machine; rates are not taken from it.
MEASURED = [
    ("tokenize_held_out", {"split": "test", "side": "source"}, 1.2),
    ("estimate_language_model", {}, 3.5),
    ("tune_baseline", {}, 53.6),
    ("decode_baseline", {"split": "test"}, 39.0),
    ("train_segment", MODEL, 90.6),
    ("validate_segment", MODEL, 7.4),
    ("score_perplexity", {}, 12.8),
    ("score_nbest", MODEL | {"split": "test"}, 192.9),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wildcards", "measured"), MEASURED, ids=lambda value: str(value))
def test_forecasts_of_multi30k_are_near_what_it_took(multi30k, rule, wildcards, measured):
    assert seconds(multi30k, rule, **wildcards) == pytest.approx(measured, rel=0.4)


def test_a_part_of_a_stage_is_so_much_less(paper):
    whole = paper.work("score_nbest", MODEL | {"split": "test"})
    part = paper.work("score_nbest", MODEL | {"split": "test", "scatteritem": "2-of-4"})
    assert part.flops == pytest.approx(whole.flops / 4)
    assert part.core_seconds == pytest.approx(whole.core_seconds / 4)


def test_an_ensemble_costs_as_much_as_its_models(paper):
    one, five = (
        paper.work("translate_test", {"models": models, "beam": "12"})
        for models in ("reversed-1", "reversed-1+reversed-2+reversed-3+reversed-4+reversed-5")
    )
    assert five.flops == pytest.approx(5 * one.flops)


def test_five_models_with_beam_two_are_cheaper_than_one_with_beam_twelve(paper):
    """As the paper says in section 3.6."""
    ensemble = "reversed-1+reversed-2+reversed-3+reversed-4+reversed-5"
    two = paper.work("translate_test", {"models": ensemble, "beam": "2"})
    twelve = paper.work("translate_test", {"models": "reversed-1", "beam": "12"})
    assert two.flops < twelve.flops


def test_an_unknown_rule_costs_little(paper):
    need = paper.need("plot_something_new", {})
    assert (need.threads, need.gpus, need.minutes) == (1, 0, 10)


@pytest.mark.parametrize("overlay", [(), *((path,) for path in OVERLAYS)], ids=str)
@pytest.mark.parametrize("rule", RATES)
def test_every_rule_asks_for_something_that_a_node_has(rule, overlay):
    costs = costs_of(*overlay)
    wildcards = {"model": next(iter(costs.settings.models)), "split": "dev", "beam": "12"}
    need = costs.need(rule, wildcards)
    assert 1 <= need.threads <= 16 and 0 <= need.gpus <= 1
    assert 1000 <= need.megabytes < 200_000
    assert 10 <= need.minutes <= 24 * 60


@pytest.mark.parametrize("rate", RATES.values(), ids=RATES)
def test_units_and_networks_are_known(rate):
    assert not rate.unit or callable(getattr(Amounts, rate.unit))
    assert not rate.network or callable(getattr(Loads, rate.network))


def test_threads_share_what_is_not_a_network_s():
    device = Device("x", "cpu", 1, 1, 0.5, 1, 1, 1, "")
    assert device.seconds(Work(1, 8, 2e9, 4), threads=4) == pytest.approx(1 + 2 + 2 + 2)


def test_a_gpu_is_faster_than_a_core(paper):
    work = paper.work("train_segment", MODEL)
    assert SLOW_GPU.seconds(work, threads=1) < CORE.seconds(work, threads=1) / 100


def test_an_unknown_device_is_named_with_the_known_ones():
    devices = read_devices(REPOSITORY / "config/devices.tsv")
    with pytest.raises(UserError, match=r"named `H10` \(did you mean `H100`\?\).*K40"):
        find_device(devices, "H10")


@pytest.mark.parametrize(
    ("row", "problem"),
    [("x\tcpu\tmany", "numbers were expected"), ("x\tfpga\t1", "`fpga` is no kind")],
)
def test_a_wrong_row_of_the_devices_is_refused_with_its_line(tmp_path, row, problem):
    header = (REPOSITORY / "config/devices.tsv").read_text("utf-8").split("\n")[0]
    path = tmp_path / "devices.tsv"
    path.write_text(f"{header}\n{row}\t1\t1\t1\t1\t1\ta source\n")
    with pytest.raises(UserError, match=rf"devices\.tsv, line 2: .*{problem}"):
        read_devices(path)


def test_the_disk_holds_three_checkpoints_of_each_model(paper):
    """The one before, the next, the exported one: 1.5 GB each, of six models."""
    disk = disk_of(paper.settings, paper.sizes, archives=5.0)
    assert disk["downloads"] == 5.0
    assert disk["train"] == pytest.approx(6 * 3 * 4 * 384e6)
    assert disk["data"] > 12_075_604 * (25.2 + 28.8) * 6
