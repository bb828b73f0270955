"""The ways into the workflow: from elsewhere, by workflow/Snakefile, as a module."""

import re
import shutil
import subprocess

import pytest
import yaml

from cli_runner import Workbench, make_workbench

MODULE = """
configfile: "config/config.yaml"

module seq2seq:
    snakefile: "{checkout}/workflow/Snakefile"
    config: config
    {more}

use rule * from seq2seq exclude plot_lengths as *
use rule plot_lengths from seq2seq
"""

DEPLOYED = """
from snakemake.utils import min_version

min_version("6.10.0")

configfile: "config/config.yaml"

module seq2seq:
    snakefile:
        github("owner/seq2seq", path="workflow/Snakefile", tag="v1")
    config:
        config

use rule * from seq2seq
"""


@pytest.fixture
def elsewhere(tmp_path):
    return Workbench(tmp_path)


@pytest.fixture(scope="module")
def rules(checkout):
    """The jobs of the demo by rule, as planned in the checkout."""
    return planned(checkout.snakemake("-n", "--configfile", "config/demo.yaml"))


def planned(ended):
    assert ended.code == 0, ended.output + ended.errors
    return {rule: count for rule, count in ended.jobs.items() if rule != "everything"}


@pytest.mark.parametrize("door", ["Snakefile", "workflow/Snakefile"])
def test_the_demo_is_planned_from_another_folder(checkout, elsewhere, rules, door):
    demo = ("--configfile", str(checkout / "config/demo.yaml"))
    assert planned(elsewhere.snakemake("-n", "-s", str(checkout / door), *demo)) == rules
    here = checkout.snakemake("-n", "-s", door, "--directory", str(elsewhere.folder), *demo)
    assert planned(here) == rules


@pytest.mark.parametrize("more", ["", 'prefix: "old"'])
def test_a_module_is_planned_with_the_configuration_of_its_user(checkout, elsewhere, rules, more):
    (elsewhere / "Snakefile").write_text(MODULE.format(checkout=checkout.folder, more=more))
    (elsewhere / "config").mkdir()
    demo = yaml.safe_load((checkout / "config/demo.yaml").read_text(encoding="utf-8"))
    elsewhere.write("config/config.yaml", demo)
    ended = elsewhere.snakemake("-n", "-p")
    assert planned(ended) == rules
    assert "results/demo" in ended.output
    # In inputs, outputs and commands.
    assert bool(re.search("(?<!old/)results/", ended.output)) == (not more)


def test_a_deployment_by_snakedeploy_is_planned_and_runs(elsewhere, rules, monkeypatch):
    """From GitHub; git is told that it lies in a folder."""
    checkout = make_workbench(elsewhere / "owner/seq2seq")
    git = ["git", "-C", str(checkout.folder), "-c", "user.name=x", "-c", "user.email=x"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)
    here = f'[url "file://{elsewhere.folder}/"]\n\tinsteadOf = https://github.com/\n'
    (elsewhere / "gitconfig").write_text(here, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(elsewhere / "gitconfig"))
    # What `snakedeploy deploy-workflow https://github.com/owner/seq2seq . --tag v1` writes.
    (elsewhere / "workflow").mkdir()
    (elsewhere / "workflow/Snakefile").write_text(DEPLOYED, encoding="utf-8")
    shutil.copytree(checkout / "config", elsewhere / "config")
    demo = ("--configfile", "config/demo.yaml")
    assert planned(elsewhere.snakemake("-n", *demo)) == rules
    ended = elsewhere.snakemake("results/demo/tables/deviations.tsv", *demo)
    assert ended.code == 0, ended.errors[-3000:]
    assert (elsewhere / "results/demo/tables/deviations.tsv").is_file()


@pytest.mark.parametrize("door", ["Snakefile", "workflow/Snakefile"])
def test_the_folder_of_the_catalog_s_tests_is_planned_with_the_default_profile(
    repository, tmp_path, door
):
    bench = make_workbench(tmp_path / "checkout")
    shutil.copytree(repository / ".test", bench / ".test")
    (bench / "profiles").symlink_to((repository / "profiles").readlink())
    ended = bench.snakemake("-n", "-s", door, "--directory", ".test")
    assert planned(ended)["export_model"] == 2
    assert "profiles/default for setting default command line arguments" in ended.errors


def test_numbers_of_the_command_line_are_numbers(checkout):
    given = ("train={epochs: 3.5, halve_from_epoch: 1e0}", "baseline={training_pairs: null}")
    ended = checkout.snakemake("-n", "--configfile", "config/demo.yaml", "--config", *given)
    assert planned(ended)["train_segment"] == 8 * 6


def test_rows_are_added_and_dropped(checkout, elsewhere):
    row = {"system": "One", "translate": {"models": ["forward-1"], "beam": 3}}
    overlays = (
        {"tables": {"table1": {"drop": ["Single forward LSTM, beam size 12"], "add": [row]}}},
        {"tables": {"table1": {"add": [row | {"system": "Two"}]}}, "train": {"epochs": 1.0}},
    )
    files = [str(elsewhere / elsewhere.write(f"{n}.yaml", one)) for n, one in enumerate(overlays)]
    ended = checkout.snakemake("-n", "-p", "--configfile", *files)
    assert ended.code == 0, ended.errors
    assert '"system": "One"' in ended.output
    assert '"system": "Two"' in ended.output
    assert "forward-1.beam3.tsv" in ended.output
    assert "/forward-1.beam12.tsv" not in ended.output
    assert "/reversed-1.beam12.tsv" in ended.output


def test_a_row_that_is_not_there_cannot_be_dropped(checkout, elsewhere):
    overlay = {"tables": {"table2": {"drop": ["Cho et al."]}}}
    ended = checkout.snakemake(
        "-n", "--configfile", str(elsewhere / elsewhere.write("x.yaml", overlay))
    )
    assert ended.code == 1
    assert "tables.table2.drop: has `Cho et al.`, which the list does not have" in ended.errors


@pytest.mark.slow
def test_the_small_run_is_the_same_from_another_folder(tiny_run, elsewhere):
    """As a module with a prefix and the overlay as configuration: the same tables."""
    module = MODULE.format(checkout=tiny_run.folder, more='prefix: "old"')
    (elsewhere / "Snakefile").write_text(module)
    (elsewhere / "config").mkdir()
    (elsewhere / "mirror").symlink_to(tiny_run / "mirror")
    (elsewhere / "config/config.yaml").write_bytes((tiny_run / "tiny.yaml").read_bytes())
    ended = elsewhere.snakemake()
    assert ended.code == 0, ended.errors[-3000:]
    for name in ("tables/table1.tsv", "tables/table2.tsv", "figures/lengths.tsv"):
        made, expected = (one / "results/tiny" / name for one in (elsewhere / "old", tiny_run))
        assert made.read_bytes() == expected.read_bytes()
