"""What `make setup` and the images install."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import requires

from cli_runner import REPOSITORY, Workbench
from unit.test_environments import LOCK
from unit.test_house import run

RECIPES = ("Dockerfile", "apptainer.def")


def test_the_lock_has_all_that_the_project_and_pytorch_need_with_hashes():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    needed = sum(project["optional-dependencies"].values(), project["dependencies"])
    needed += [
        line for line in requires("torch") if not re.search("extra|nvidia|cuda|triton", line)
    ]
    assert {re.match(r"[\w-]+", each)[0].lower() for each in needed} <= LOCK.keys()
    packages = re.split(r"\n(?=[a-z])", (REPOSITORY / "requirements.lock").read_text("utf-8"))[1:]
    assert [each for each in packages if "--hash=sha256:" not in each] == []


def test_setup_takes_the_build_of_pytorch_that_is_named_or_says_what_is_missing(tmp_path):
    def setup(*arguments):
        command = ["make", "--no-print-directory", "setup", *arguments]
        alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=alone)
        return ended.stdout

    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-torch.txt"):
        shutil.copy2(REPOSITORY / name, tmp_path)
    plan = setup("--dry-run", "TORCH=cu128", "TORCH_INDEX=https://index")
    assert f'--index-url "https://index/cu128" "torch=={LOCK["torch"]}+cu128"' in plan
    assert plan.index("Download: about") < plan.index("--require-hashes -r requirements.lock")
    assert setup("TORCH=cpu").startswith("error: TORCH=cpu needs the address")
    assert setup("WHEELS=nowhere").startswith("error: WHEELS=nowhere is not a folder")
    assert not (tmp_path / ".venv").exists()


def test_the_recipes_are_one_image_which_can_plan_the_demo(tmp_path):
    run("hadolint", "envs/Dockerfile")
    docker, apptainer = ((REPOSITORY / f"envs/{name}").read_text("utf-8") for name in RECIPES)
    files = set(re.findall(r"^    (\S+) /seq2seq/", apptainer, re.MULTILINE))
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", docker, re.MULTILINE)).split()
    assert set(copied) == files | {"workflow/seq2seq/__init__.py"}
    base, stage = re.search(r"^FROM (\S+:\d\S+) AS (\w+)$", docker, re.MULTILINE).groups()
    assert f"\nFrom: {base}\n" in apptainer
    container = json.loads((REPOSITORY / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert container["build"] == {
        "dockerfile": "../envs/Dockerfile",
        "context": "..",
        "target": stage,
    }
    for name in files - {"workflow/profiles"}:
        (tmp_path / name).symlink_to(REPOSITORY / name)
    ended = Workbench(tmp_path).snakemake("-n", "--configfile", "config/demo.yaml")
    assert ended.code == 0, ended.output + ended.errors
