"""Download a published file, from your own mirror first and then from its URLs in order.

A file appears among the downloads only after its size and checksum are verified.  Partial transfers
stay in ``.partial`` beside the downloads and are resumed; a lock there keeps other programs waiting.
Files of a mirror folder are copied, not linked: Snakemake touches its outputs, and the mirror may be
shared.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from seq2seq.data.archive_members import damage
from seq2seq.data.catalogue import PublishedFile
from seq2seq.data.transfer import PartialDownload, PermanentDownloadError, RetryPolicy, fetch
from seq2seq.errors import UserError
from seq2seq.io.files import atomic, digest, write_lines
from seq2seq.runtime.logging import log

CHECKSUMS = "sha256sums"  # of an offline bundle
RETRY_POLICY = RetryPolicy()


def download(
    file: PublishedFile, output: Path, *, mirror: str | None, policy: RetryPolicy = RETRY_POLICY
) -> str:
    """Download ``file`` to ``output`` and return the URL or path it came from.

    ``mirror`` is a folder or base URL, searched for the file's name in the catalogue and in its
    URLs.  A correct output is kept.
    """
    if mirror and "://" not in mirror and not Path(mirror).is_dir():
        raise UserError(f"{mirror}: no such folder. Correct data.mirror or $SEQ2SEQ_MIRROR.")
    partial = PartialDownload(output.parent / ".partial" / file.name)
    try:
        partial.path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(partial.path.with_name(f"{file.name}.lock"), file.name):
            if output.exists() and difference(output, file) is None:
                return str(output)
            return _download_from_any(file, output, partial, mirror, policy)
    except OSError as error:
        raise UserError(
            f"Cannot write {output} or read the mirror ({error.strerror}: "
            f"{error.filename or output.parent}). Check space and permissions, then rerun; partial "
            "downloads are kept."
        ) from error


@contextmanager
def _locked(lock: Path, name: str) -> Iterator[None]:
    """Wait until no other program downloads the file; the kernel frees the lock after a kill."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info(f"{name}: another program is downloading it; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            log.info(f"{name}: this file system has no locks; run one workflow at a time")
        yield


def _download_from_any(
    file: PublishedFile,
    output: Path,
    partial: PartialDownload,
    mirror: str | None,
    policy: RetryPolicy,
) -> str:
    sources = list(file.urls)
    if mirror:
        names = [file.name, *(PurePosixPath(unquote(urlsplit(url).path)).name for url in file.urls)]
        sources = [*(f"{mirror.rstrip('/')}/{name}" for name in names if name), *sources]
    attempts: list[str] = []
    for source in dict.fromkeys(sources):
        try:
            if source.startswith(("http://", "https://")):
                _fetch_verified(source, file, partial, policy)
                partial.path.replace(output)
                partial.drop()
            else:
                _copy_verified(source, file, output)
            return source
        except (FileNotFoundError, IsADirectoryError) as error:
            attempts.append(f"{source} ({error.strerror})")
        except PermanentDownloadError as error:
            log.info(f"{file.name}: {source}: {error}")
            attempts.append(f"{source} ({error})")
    raise UserError(
        f"{file.name}: cannot be downloaded from {'; '.join(attempts) or 'anywhere, no URL is known'}."
        " Put the file into a folder and set `data.mirror` to that folder."
    )


def _copy_verified(source: str, file: PublishedFile, output: Path) -> None:
    path = url2pathname(urlsplit(source).path) if source.startswith("file://") else source
    with atomic(output) as temporary:
        shutil.copyfile(path, temporary)
        if wrong := difference(temporary, file):
            raise PermanentDownloadError(wrong)


def _fetch_verified(
    url: str, file: PublishedFile, partial: PartialDownload, policy: RetryPolicy
) -> None:
    """Download and verify.  If a resumed file is wrong, its beginning may be: download it all."""
    if partial.size and partial.size == file.size and not difference(partial.path, file):
        return
    for _ in range(2):
        resumed = fetch(url, file, partial, policy) > 0
        wrong = difference(partial.path, file)
        if wrong is None:
            return
        partial.drop()
        if not resumed:
            break
        log.info(f"{file.name}: {wrong} after resuming; downloading the whole file")
    raise PermanentDownloadError(wrong)


def difference(path: Path, file: PublishedFile) -> str | None:
    """How the bytes at ``path`` differ from the published file, or ``None``.

    Without a known checksum, a compressed file is read to its end, where it has its own checksum.
    """
    if not path.is_file():
        return "not a file"
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return f"{size:,} bytes, but {file.size:,} were expected"
    for algorithm, expected in (("sha256", file.sha256), ("md5", file.md5)):
        if expected is not None and (found := digest(path, algorithm=algorithm)) != expected:
            return f"wrong bytes, {algorithm} {found} instead of {expected}"
    return None if file.is_checkable else damage(path, file.name)


def write_bundle(downloads: Mapping[Path, PublishedFile], folder: Path) -> None:
    """Collect verified downloads, hard-linked if possible, with a sha256sum file, as a mirror."""
    if not downloads:
        raise UserError("this experiment generates its corpus, so there is no file to bundle.")
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    lines = []
    for path, file in downloads.items():
        if wrong := difference(path, file):
            raise UserError(f"{path}: {wrong}. Delete it and run `make bundle` again.")
        try:
            os.link(path, unfinished / file.name)
        except OSError:
            shutil.copyfile(path, unfinished / file.name)
        lines.append(f"{digest(path)}  {file.name}")
        log.info(f"{file.name}: {path.stat().st_size:,} bytes, verified")
    write_lines(unfinished / CHECKSUMS, lines)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
