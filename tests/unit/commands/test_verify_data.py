"""`seq2seq verify-data`: what it prints, and its exit code."""

from pathlib import Path

from run_step import run_command
from seq2seq.data.corpus_stats import CorpusFile, write_statistics


def verify(table: Path) -> int:
    try:
        run_command("verify-data", table)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_changed_corpus_is_told_with_its_step(tmp_path, capsys):
    place, data = CorpusFile("tokens", "dev", "target"), tmp_path / "data"
    (data / "tokens").mkdir(parents=True)
    (data / "tokens" / "dev.target.txt").write_text("a b\n")
    table = tmp_path / "tables" / "corpus.tsv"
    write_statistics(table, [(place, place.describe(data))])
    assert verify(table) == 0
    assert capsys.readouterr().out == ""

    (data / "tokens" / "dev.target.txt").write_text("a b\nc\n")
    assert verify(table) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith(
        "tokens of dev.target: lines was 1 and is 2; tokens was 2 and is 3"
    )
    assert "the first step that differs" in printed.err and "is `tokens`" in printed.err
