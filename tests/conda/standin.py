"""As much of the program `conda` as Snakemake calls, on py-rattler; NOT conda.

Channels are folders below $STANDIN_CHANNELS; nothing is fetched from elsewhere.  Solving, installing
with the prefix put in, and activation are done for real.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import yaml
from rattler import Channel, ChannelConfig, MatchSpec, VirtualPackage, install, solve

HOME = Path(os.environ["STANDIN_HOME"])
VERSION = "24.7.1"  # the least that Snakemake takes


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


async def create(channels: list[str], specs: list[str], prefix: Path) -> None:
    place = ChannelConfig(channel_alias=f"{(HOME / 'channels').as_uri()}/")
    records = await solve(
        sources=[Channel(name, place) for name in channels if name != "nodefaults"],
        specs=[MatchSpec(spec, strict=False) for spec in specs],
        platforms=["linux-64", "noarch"],
        virtual_packages=VirtualPackage.detect(),
    )
    await install(
        records=records, target_prefix=prefix, cache_dir=HOME / "packages", show_progress=False
    )


def env_create(arguments: list[str]) -> None:
    prefix = Path(option(arguments, "--prefix"))
    environment = yaml.safe_load(Path(option(arguments, "--file")).read_text("utf-8"))
    dependencies = environment["dependencies"]
    specs = [one for one in dependencies if isinstance(one, str)]
    asyncio.run(create(environment["channels"], specs, prefix))
    pip = [name for one in dependencies if isinstance(one, dict) for name in one["pip"]]
    if pip:
        python = prefix / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", "--no-input", *pip], check=True)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--version"]:
        print(f"conda {VERSION}")
    elif arguments[:1] == ["info"]:
        print(json.dumps({"conda_prefix": str(HOME), "platform": "linux-64"}))
    elif arguments[:1] == ["config"]:
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif arguments[:2] == ["env", "create"]:
        env_create(arguments[2:])
    elif arguments[:1] != ["clean"]:
        sys.exit(f"this stand-in for conda does not know: {' '.join(arguments)}")


if __name__ == "__main__":
    main(sys.argv[1:])
