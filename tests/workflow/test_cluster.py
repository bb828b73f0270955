"""A rehearsal: the paper's whole run through the slurm profile, planned and not sent."""

import re
from itertools import pairwise
from types import SimpleNamespace

import pytest
import yaml
from snakemake.resources import Resource
from snakemake_executor_plugin_slurm.submit_string import get_submit_command
from snakemake_executor_plugin_slurm.utils import set_gres_string

DAY = 24 * 60
JOB = re.compile(r"^ *rule (\w+):\n(?:.*\n)*?.* resources: (.+)$", re.MULTILINE)
BY_INPUT = re.compile(r"(mem_mb|runtime)=(by_input\(.*?\))")
# MB of a rule's inputs for the paper, and MB of memory that its job needs at least: 37M pairs are
# read and 12M kept, of 54 words of 6 bytes; a model has 384M weights of 4 bytes.
PAPER_SIZES = {
    "clean_corpus": (12_200, 1_100),  # 29 bytes for each of 37M pairs
    "describe_corpus": (16_300, 500),  # 8 bytes for each distinct word
    "encode_corpus": (2_100, 500),  # constant
    "align_words": (3_900, 6_200),  # of the next four: docs/baseline.md
    "build_phrase_table": (1_830, 10_400),
    "estimate_language_model": (2_000, 17_000),  # by the slope from 200,000 to 1,000,000 pairs
    "tune_baseline": (2_000, 3_000),  # the language model is mapped
    "decode_baseline": (2_000, 3_000),
    "train_segment": (4_400, 4 * 1_540),  # read, trained, gradient, written; ids are mapped
    "validate_segment": (1_540, 1_540),
    "export_model": (1_540, 2 * 1_540),
    "translate_test": (5 * 1_540, 5 * 1_540),
    "score_nbest": (1_620, 1_540 + 1_300),  # 4,096 rows of 80,000 logits
}


@pytest.fixture(scope="module")
def profile(checkout):
    return yaml.safe_load((checkout / "workflow/profiles/slurm/config.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def partitions(checkout, profile):
    """The cluster that the profile's example tells of."""
    text = (checkout / profile["slurm-partition-config"]).read_text("utf-8")
    return yaml.safe_load(text)["partitions"]


@pytest.fixture(scope="module")
def helpers(repository):
    """The functions of rules, which are plain Python but for the names that rules bring."""
    names = {"settings": None, "experiment": None}
    exec((repository / "workflow/rules/resources.smk").read_text("utf-8"), names)
    return SimpleNamespace(**{name: names[name] for name in ("grows", "by_input")})


@pytest.fixture(scope="module")
def jobs(checkout):
    """Rule and resources of each job that would be sent; what depends on inputs is not known yet."""
    ended = checkout.snakemake("-n", "--profile", "workflow/profiles/slurm")
    assert ended.code == 0, ended.errors
    return [
        (rule, dict(one.split("=") for one in resources.split(", ")))
        for rule, resources in JOB.findall(ended.output + ended.errors)
    ]


@pytest.fixture(scope="module")
def by_input(repository, helpers):
    """For each rule whose need grows with its inputs: mem_mb or runtime, and the function."""
    text = "".join(p.read_text("utf-8") for p in (repository / "workflow/rules").glob("*.smk"))
    return {
        (rule.partition(":")[0], kind): eval(call, {"by_input": helpers.by_input})
        for rule in re.split(r"(?m)^ *(?:use )?rule ", text)
        for kind, call in BY_INPUT.findall(rule)
    }


def fits(limits, *, megabytes, minutes, gpus):
    days, _, _ = str(limits["max_runtime"]).partition("-")
    return (
        megabytes <= limits["max_mem_mb"]
        and minutes <= int(days) * DAY
        and gpus <= limits.get("max_gpu", 0)
    )


def test_every_job_of_the_paper_fits_a_partition_at_every_attempt(jobs, profile, partitions):
    assert len(jobs) > 250
    for rule, asked in jobs:
        numbers = (
            0 if asked[name] == "<TBD>" else int(asked[name]) for name in ("mem_mb", "runtime")
        )
        megabytes, minutes = ((profile["retries"] + 1) * number for number in numbers)
        gpus = int(asked.get("gpu", 0))
        assert any(
            fits(limits, megabytes=megabytes, minutes=minutes, gpus=gpus)
            for limits in partitions.values()
        ), rule


def test_networks_alone_ask_for_a_gpu(jobs):
    assert {rule for rule, asked in jobs if "gpu" in asked} == {
        *("train_segment", "train_last_segment", "validate_segment"),
        *("translate_test", "score_nbest", "score_perplexity"),
    }


def test_every_job_has_room_for_snakemake_itself(jobs, by_input):
    """It runs twice within each job, 140 MB each time."""
    for _, asked in jobs:
        assert asked["mem_mb"] == "<TBD>" or int(asked["mem_mb"]) >= 1000
        assert asked["runtime"] == "<TBD>" or int(asked["runtime"]) >= 10
    nothing = SimpleNamespace(size_mb=0)
    for (_, kind), function in by_input.items():
        assert function({}, nothing, attempt=1) >= {"mem_mb": 1000, "runtime": 10}[kind]


def test_what_is_not_known_yet_is_a_multiple_of_the_inputs(jobs, by_input):
    unknown = {rule for rule, asked in jobs if "<TBD>" in (asked["mem_mb"], asked["runtime"])}
    of_a_user_s_file = {"import_language_model"}
    growing = {rule for rule, _ in by_input} - of_a_user_s_file
    assert unknown - {"train_last_segment"} == growing == PAPER_SIZES.keys()


@pytest.mark.parametrize("rule", PAPER_SIZES)
def test_a_multiple_of_the_inputs_is_enough_for_the_paper_and_little_for_a_demo(by_input, rule):
    inputs, needed = PAPER_SIZES[rule]
    function = by_input[rule, "mem_mb"]
    paper, demo = (SimpleNamespace(size_mb=size) for size in (inputs, 20))
    assert needed < function({}, paper, attempt=1) < 40_000
    assert function({}, paper, attempt=4) == 4 * function({}, paper, attempt=1)
    assert function({}, demo, attempt=1) <= 4000


def test_a_number_grows_with_each_attempt(helpers):
    assert [helpers.grows(60)({}, attempt=attempt) for attempt in (1, 2, 3)] == [60, 120, 180]


@pytest.fixture(scope="module")
def on_two_nodes(checkout):
    """The resources of a training of 16 GPUs on two nodes."""
    ask = [f"train_segment:{one}" for one in ("gpu=16", "nodes=2")]
    ended = checkout.snakemake(
        *("-n", "--profile", "workflow/profiles/slurm", "--configfile", "config/demo.yaml"),
        *("--set-resources", *ask, "--", "results/demo/train/reversed-1/001.safetensors"),
    )
    assert ended.code == 0, ended.errors
    found = dict(JOB.findall(ended.output + ended.errors))["train_segment"]
    return dict(one.split("=", 1) for one in found.split(", "))


class Asked(dict):
    """A job's resources as the executor reads them."""

    __getattr__ = dict.__getitem__


def test_sbatch_gives_each_node_its_share_of_gpus_and_each_gpu_two_cores(on_two_nodes):
    numbers = {k: int(v) if v.isdigit() else v for k, v in on_two_nodes.items() if v != "<TBD>"}
    job = SimpleNamespace(resources=Asked(numbers), threads=1)
    names = ("run_uuid", "slurm_logfile", "comment_str", "account", "partition", "workdir")
    command = get_submit_command(job, dict.fromkeys(names, "")) + set_gres_string(job)
    for flag in ("--nodes=2", "--gpus=16", "--gpus-per-node=8", "--cpus-per-gpu=2"):
        assert flag in command.split(" ")
    assert "--cpus-per-task" not in command


@pytest.mark.parametrize(
    ("asked", "times"), [({"gpu": 1}, 1), ({"gpu": 16, "nodes": 2}, 8), ({"gpu": 0, "tasks": 3}, 3)]
)
def test_a_node_has_memory_for_each_of_its_processes(repository, asked, times):
    resources = {name: Resource(name, number) for name, number in asked.items()}
    rule = SimpleNamespace(resources=resources)
    names = {"workflow": SimpleNamespace(get_rule=lambda _: rule), "settings": None}
    exec((repository / "workflow/rules/resources.smk").read_text("utf-8"), names)
    memory, inputs = names["by_input"](3000, per_mb=4), SimpleNamespace(size_mb=4_400)
    assert memory({}, inputs, 1, "train_segment") == times * memory({}, inputs, 1)


@pytest.mark.parametrize("name", ["local", "slurm"])
def test_every_entry_of_a_profile_has_its_reason(repository, name):
    lines = (repository / f"workflow/profiles/{name}/config.yaml").read_text("utf-8").split("\n")
    for before, line in pairwise(lines):
        if line and not line.startswith(("#", " ")):
            assert before.startswith("#"), line


def test_a_rule_in_a_group_asks_for_plain_numbers(repository):
    """Snakemake adds up a group's resources before its inputs are there."""
    for path in (repository / "workflow/rules").glob("*.smk"):
        for text in re.split(r"(?m)^ *(?:use )?rule ", path.read_text("utf-8"))[1:]:
            assert not ("group:" in text and "by_input(" in text), text.partition(":")[0]


def test_no_rule_names_a_site(repository):
    text = "".join(p.read_text("utf-8") for p in (repository / "workflow/rules").glob("*.smk"))
    assert "slurm_partition" not in text and "slurm_account" not in text
    assert "retries:" not in text
