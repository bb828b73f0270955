"""A run's certificate: what was made from what, for somebody who did not run it to check.

Paths are relative to the certificate's folder, so the folder can be sent elsewhere.  A package is the
whole of it as one archive, with a manifest that needs no program of ours.
"""

import hashlib
import io
import json
import os
import platform
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from seq2seq.config.loading import flattened
from seq2seq.errors import UserError
from seq2seq.io.files import atomic, read_json, read_lines, sha256

FORMAT = 1
CERTIFICATE, MANIFEST = "certificate.json", "manifest-sha256.txt"  # the latter for `sha256sum -c`
RO_CRATE = "ro-crate-metadata.json"
PACKED = (
    *(CERTIFICATE, "tables/*", "figures/*", "evaluate/**/*", "models/*/*", "phrases/*"),
    *("translations/*", "rescore/**/*.tsv.gz", "rescore/*.json", "baseline/*.tsv.gz"),
)
PACKAGES = (
    *("snakemake", "torch", "numpy", "sacrebleu", "sacremoses", "safetensors"),
    *("sentencepiece", "matplotlib"),
)
_TOLERANCE = 1e-6  # BLEU points; below any printed digit, above rounding on another processor


def settings_digest(configuration: Mapping[str, Any]) -> str:
    """SHA-256 of the configuration as JSON with sorted keys."""
    text = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def file_digest(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}


def seeds_of(configuration: Mapping[str, Any]) -> dict[str, int]:
    """Every seed in the configuration, by its key."""
    settings = flattened(configuration).items()
    return {key: value for key, value in settings if key.rpartition(".")[2] == "seed"}


def code_version(folder: str | Path) -> dict[str, Any]:
    """The commit of a checkout and whether files differ from it; None outside of a checkout."""
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain")
    unknown = commit is None or changes is None
    return {"commit": commit, "modified": None if unknown else changes != ""}


def _git(folder: str | Path, *arguments: str) -> str | None:
    # Without the lock that `git status` takes to refresh the index, and leaves behind if it is killed.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def package_versions(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of those packages that are installed."""
    versions = {"python": platform.python_version()}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def this_machine() -> dict[str, Any]:
    """The machine's processor, and its total cores and memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": _processor(Path("/proc/cpuinfo")),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(memory / 2**30, 1),
    }


def _processor(description: Path) -> str:
    """The name from Linux's cpuinfo, or else what Python knows."""
    if description.is_file():
        for line in description.read_text(encoding="utf-8").split("\n"):
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor()


def read_certificate(path: str | Path) -> dict[str, Any]:
    """Raises UserError: not a certificate, or one of another format."""
    found = read_json(path)
    try:
        if found["format"] == FORMAT and all(map(_inside, _names(found))):
            return dict(found)
    except (KeyError, TypeError, AttributeError, ValueError):
        pass
    raise UserError(
        f"{path}: not a certificate of this version; `certificate.json` of a results folder was "
        "expected."
    )


def _names(found: Mapping[str, Any]) -> Iterator[str]:
    """The files that a certificate names; fails where anything that the check reads is missing."""
    configuration = found["configuration"]
    str(configuration["data"]["target_language"]), str(configuration["data"]["tokenizer"])
    int(configuration["evaluate"]["seed"])
    str(found["configuration_sha256"])
    for name, noted in found["files"].items():
        int(noted["bytes"]), str(noted["sha256"])
        yield name
    for output in found["outputs"].values():
        output["score"].items()
        yield output["hypotheses"]
    yield from (found["references"][name] for name in ("tokens", "text"))


def _inside(name: str) -> bool:
    """Whether a path stays in the certificate's folder: it may come from a stranger."""
    return bool(name) and not PurePosixPath(name).is_absolute() and ".." not in name.split("/")


def wrong_files(certificate: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """A line for each file that is missing or has changed, and for a changed configuration."""
    digest = settings_digest(certificate["configuration"])
    if digest != certificate["configuration_sha256"]:
        yield f"configuration: sha256 was {certificate['configuration_sha256']}, is {digest}"
    for name, noted in certificate["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name}: is missing"
        elif path.stat().st_size != noted["bytes"]:
            yield f"{name}: had {noted['bytes']:,} bytes, has {path.stat().st_size:,}"
        elif (found := sha256(path)) != noted["sha256"]:
            yield f"{name}: sha256 was {noted['sha256']}, is {found}"


def pack(folder: Path, provenance: Iterable[Path], output: Path) -> int:
    """Write a run's package, one .tar with a manifest, and return its number of files.

    It has the certified files, all results that the certificate's files follow from (weights, n-best
    lists, scores), and ``provenance``: files and folders that say how the run came about.  The same
    files give the same bytes.  It is also an RO-Crate, which names each file for other programs.
    """
    files = {name: folder / name for name in read_certificate(folder / CERTIFICATE)["files"]}
    for pattern in PACKED:
        files |= {str(path.relative_to(folder)): path for path in folder.glob(pattern)}
    for each in provenance:
        inside = sorted(each.rglob("*")) if each.is_dir() else [each]
        files |= {f"provenance/{path.relative_to(each.parent)}": path for path in inside}
    files = {name: path for name, path in sorted(files.items()) if not path.is_dir()}
    digests: dict[str, dict[str, Any]] = {}
    with atomic(output) as temporary, tarfile.open(temporary, "w") as archive:
        for name, path in files.items():
            try:
                archive.add(path, f"{folder.name}/{name}", filter=_anonymous)
            except OSError as error:
                raise UserError(
                    f"{path}: cannot be packed ({error}). Rerun the workflow."
                ) from error
            digests[name] = file_digest(path)
        day = datetime.fromtimestamp((folder / CERTIFICATE).stat().st_mtime, UTC).date()
        crate = json.dumps(ro_crate(folder.name, day.isoformat(), digests), indent=1).encode()
        sums = {name: each["sha256"] for name, each in digests.items()}
        sums[RO_CRATE] = hashlib.sha256(crate).hexdigest()
        manifest = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
        for name, text in ((RO_CRATE, crate), (MANIFEST, manifest)):
            info = tarfile.TarInfo(f"{folder.name}/{name}")
            info.size, info.mode = len(text), 0o644
            archive.addfile(info, io.BytesIO(text))
    return len(files)


def ro_crate(name: str, day: str, digests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The files of a package as JSON-LD, by RO-Crate 1.1 (https://w3id.org/ro/crate/1.1)."""
    parts = [
        {"@id": quote(path), "@type": "File", "name": path}
        | {"contentSize": str(each["bytes"]), "sha256": each["sha256"]}
        for path, each in digests.items()
    ]
    licence = next((each["@id"] for each in parts if each["name"].endswith("/LICENSE")), None)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"seq2seq: the run {name}",
        "description": "A reproduction of Sequence to Sequence Learning with Neural Networks (2014): "
        "weights, translations, n-best lists, scores, tables, figures and a certificate.",
        "datePublished": day,
        "license": {"@id": licence} if licence else "unknown",
        "citation": {"@id": "https://arxiv.org/abs/1409.3215"},
        "hasPart": [{"@id": each["@id"]} for each in parts],
    }
    article = {"@id": "https://arxiv.org/abs/1409.3215", "@type": "ScholarlyArticle"}
    paper = article | {"name": "Sequence to Sequence Learning with Neural Networks"}
    standard = "https://w3id.org/ro/crate/1.1"
    about = {"conformsTo": {"@id": standard}, "about": {"@id": "./"}}
    itself = {"@id": RO_CRATE, "@type": "CreativeWork"} | about
    return {"@context": f"{standard}/context", "@graph": [itself, root, paper, *parts]}


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Drop owner and time, which change the bytes but carry no information."""
    return info.replace(uid=0, gid=0, uname="", gname="", mtime=0, mode=0o644, deep=False)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The certificate of a results folder, of a package, or of a package that was unpacked."""
    if path.is_dir():
        yield path / CERTIFICATE
    elif path.is_file() and tarfile.is_tarfile(path):
        with tempfile.TemporaryDirectory() as folder, tarfile.open(path) as archive:
            try:
                archive.extractall(folder, filter="data")
            except (tarfile.TarError, OSError) as error:
                raise UserError(
                    f"{path}: cannot be unpacked ({error}). Fetch it again, or set TMPDIR to a "
                    "folder with room for it."
                ) from error
            found = sorted(Path(folder).glob(f"*/{CERTIFICATE}"))
            yield found[0] if found else path
    else:
        yield path


def wrong_manifest(folder: Path) -> Iterator[str]:
    """A line for each file of a package that is missing or has changed; none without manifest."""
    if (folder / MANIFEST).is_file():
        for line in read_lines(folder / MANIFEST):
            digest, _, name = line.partition("  ")
            if not (folder / name).is_file():
                yield f"{name}: is missing, by {MANIFEST}"
            elif sha256(folder / name) != digest:
                yield f"{name}: has changed, by {MANIFEST}"


def wrong_scores(output: str, noted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """A line for each number or signature of an output's score that differs."""
    for key, value in noted.items():
        if not _equal(value, found.get(key)):
            yield f"{output}: {key} was {value}, is {found.get(key)}"


def _equal(noted: Any, found: Any) -> bool:
    if isinstance(noted, list):
        same_length = isinstance(found, list | tuple) and len(noted) == len(found)
        return same_length and all(map(_equal, noted, found))
    if isinstance(noted, int | float) and isinstance(found, int | float):
        return abs(noted - found) <= _TOLERANCE
    return bool(noted == found)
