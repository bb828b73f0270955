"""How programs end, and what the person who watches one reads."""

import errno
import os
import shlex
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError, location
from seq2seq.runtime import logging as program
from seq2seq.runtime.logging import Progress, duration, run, with_progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets, in seconds."""
    now = [0.0]
    monkeypatch.setattr(program.time, "monotonic", lambda: now[0])
    return now


def failing_with(error):
    def main():
        raise error

    return main


def a_program(text, repository, **pipes):
    """Run a program of its own with ``text`` as the body of its main function."""
    body = textwrap.indent(text, "    ")
    code = f"from seq2seq.runtime.logging import run\ndef main():\n{body}\nrun(main)"
    environment = {**os.environ, "PYTHONPATH": str(repository / "workflow")}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, text=True, **pipes)


def test_what_the_user_can_mend_is_one_sentence_and_exit_code_2(capsys):
    with pytest.raises(SystemExit) as ended:
        run(failing_with(UserError("x.txt, line 3: no tab. Put one in.")))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: x.txt, line 3: no tab. Put one in.\n"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_is_one_sentence_too(capsys, number):
    with pytest.raises(SystemExit) as ended:
        run(failing_with(OSError(number, os.strerror(number), "x.npy")))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: the disk is full (")
    assert said.endswith("'x.npy'). Free some space and rerun.\n")


@pytest.mark.parametrize("kind", [PermissionError, FileNotFoundError, IsADirectoryError])
def test_a_file_that_cannot_be_used_is_named_in_one_sentence(capsys, kind):
    with pytest.raises(SystemExit) as ended:
        run(failing_with(kind(errno.EACCES, "Permission denied", "x.npy")))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said == "error: x.npy: Permission denied. Check the path and its permissions.\n"


def test_an_output_that_cannot_hold_a_letter_is_one_sentence(repository, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    made = a_program("print('d\\xe9j\\xe0')", repository, stdout=-1, stderr=subprocess.PIPE)
    said = made.communicate()[1]
    assert said == "error: '\\xe9' cannot be written as ascii. Set PYTHONIOENCODING=utf-8.\n"
    assert made.returncode == 2


@pytest.mark.parametrize(
    ("redirection", "body", "name"),
    [
        ("<&-", "import sys; print(sys.stdin.read())", "standard input"),
        (">&-", "print(1)", "standard output"),
    ],
)
def test_a_closed_stream_is_one_sentence_when_it_is_used(repository, redirection, body, name):
    code = f"from seq2seq.runtime.logging import run\ndef main():\n    {body}\nrun(main)"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {redirection}"
    environment = {**os.environ, "PYTHONPATH": str(repository / "workflow")}
    ended = subprocess.run(
        command, shell=True, env=environment, stderr=subprocess.PIPE, text=True, check=False
    )
    assert ended.stderr == (
        f"error: {name} is closed. Connect it to a file, a pipe or /dev/null.\n"
    )
    assert ended.returncode == 2


def test_our_own_mistakes_keep_their_traceback():
    with pytest.raises(AssertionError):
        run(failing_with(AssertionError()))


def test_an_interrupted_program_ends_with_the_shell_s_code():
    with pytest.raises(SystemExit) as ended:
        run(failing_with(KeyboardInterrupt()))
    assert ended.value.code == 130


def test_a_reader_who_leaves_early_ends_the_program_quietly(repository):
    made = a_program(
        "for number in range(200_000): print(number)", repository,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert made.stdout.readline() == "0\n"
    made.stdout.close()
    assert made.stderr.read() == ""
    assert made.wait() == 1


def test_a_reader_who_has_left_before_the_last_words_is_no_error_either(repository):
    made = a_program(
        "import time, sys; sys.stdin.read(); print('a few words')", repository,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    made.stdout.close()
    made.stdin.close()
    assert made.stderr.read() == ""
    assert made.wait() == 1


def test_progress_tells_share_rate_and_time_left_every_few_seconds(clock, capsys):
    progress = Progress("read", total=1000, unit="lines", every_seconds=10)
    for seconds in (4, 9.9, 12, 15, 21.9, 22):
        clock[0] = seconds
        progress.advance(100)
    assert capsys.readouterr().err == (
        "read: 30 %, 25 lines/s, 28s left\nread: 60 %, 27 lines/s, 15s left\n"
    )


def test_progress_without_a_known_end_tells_no_share(clock, capsys):
    progress = Progress("read", total=0, unit="lines")
    clock[0] = 20
    progress.advance(50_000, note="epoch 1")
    assert capsys.readouterr().err == "read: 50,000 lines, 2,500 lines/s, epoch 1\n"


def test_the_last_line_tells_the_whole(clock, capsys):
    progress = Progress("read", total=3, unit="lines")
    clock[0] = 2
    progress.advance(3)
    progress.finish("all good")
    assert capsys.readouterr().err == "read: 3 lines in 2s, 2 lines/s, all good\n"


def test_watched_items_pass_by_unchanged(capsys):
    assert list(with_progress(iter("abc"), "letters", total=3, unit="letters")) == ["a", "b", "c"]
    assert capsys.readouterr().err.startswith("letters: 3 letters in 0s")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (-3, "0s"), (59.4, "59s"), (59.6, "1m00s"), (75, "1m15s"), (3599, "59m59s"),
     (3600, "1h00m"), (3700, "1h01m"), (360_000, "100h00m")],
)  # fmt: skip
def test_durations_are_short(seconds, text):
    assert duration(seconds) == text


@given(st.floats(0, 1e7))
def test_no_duration_has_sixty_of_anything(seconds):
    text = duration(seconds)
    assert "60" not in text.partition("h")[2] if "h" in text else "60" not in text


def test_a_place_names_the_line_only_if_there_is_one():
    assert (location("a.txt"), location("a.txt", 3)) == ("a.txt", "a.txt, line 3")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("can't start new thread"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_too_little_memory_is_one_sentence_with_the_setting_to_change(capsys, error):
    with pytest.raises(SystemExit) as ended:
        run(failing_with(error))
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("error: not enough memory (") and said.count("\n") == 1
    assert "`rescore.batch_size`" in said
