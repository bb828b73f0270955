"""The catalogue: what is refused, and that the one we ship is sound."""

from pathlib import Path

import pytest

from seq2seq.data.catalogue import COLUMNS, read_catalogue
from seq2seq.errors import UserError

DIGEST = "ab" * 32
HEADER = "\t".join(COLUMNS)


def row(
    corpus: str = "news",
    file: str = "news.tgz",
    source: str = "n/a.en",
    target: str = "n/a.fr",
    pairs: str = "",
    form: str = "raw",
    size: str = "",
    sha256: str = "",
    md5: str = "",
    urls: str = "https://example.org/news.tgz",
) -> str:
    fields = (corpus, file, source, target, pairs, form, size, sha256, md5, urls, "free")
    return "\t".join(fields)


def table(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "corpora.tsv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def test_our_own_catalogue_is_sound(repository: Path) -> None:
    catalogue = read_catalogue(repository / "config" / "corpora.tsv")
    names = ("europarl-v7", "commoncrawl", "un2000", "news-commentary-v9", "giga-fren")
    training = [catalogue.corpus(name) for name in names]
    assert sum(corpus.pairs or 0 for corpus in training) == 40_842_333
    sizes = [file.size or 0 for corpus in training for file in corpus.files]
    assert sum(sizes) == 6_617_099_128
    assert all(file.urls and file.licence for file in catalogue.files.values())


def test_our_own_catalogue_tells_the_bytes_of_multi30k(repository: Path, shared_data: Path) -> None:
    catalogue = read_catalogue(repository / "config" / "corpora.tsv")
    for name, file in catalogue.files.items():
        if name.startswith("multi30k-"):
            path = shared_data / "multi30k" / name.removeprefix("multi30k-")
            assert path.stat().st_size == file.size


def test_a_row_says_where_its_sides_are(tmp_path: Path) -> None:
    path = table(tmp_path, row(source="a/b.txt#1", target="a/b.txt#2", pairs="7", sha256=DIGEST))
    corpus = read_catalogue(path).corpus("news")
    assert (corpus.source.member, corpus.source.column) == ("a/b.txt", 1)
    assert (corpus.target.member, corpus.target.column) == ("a/b.txt", 2)
    assert corpus.pairs == 7
    assert corpus.files[0].sha256 == DIGEST


def test_a_corpus_may_have_a_file_for_each_side(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        row(file="a.en.gz", source=".", target="-"),
        row(file="a.fr.gz", source="-", target="."),
    )
    catalogue = read_catalogue(path)
    assert catalogue.files_of(["news", "news"]) == ["a.en.gz", "a.fr.gz"]


def test_an_archive_may_hold_several_corpora(tmp_path: Path) -> None:
    catalogue = read_catalogue(table(tmp_path, row(), row(corpus="sport")))
    assert catalogue.files_of(["news", "sport"]) == ["news.tgz"]


def test_an_unknown_corpus_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    catalogue = read_catalogue(table(tmp_path, row(corpus="europarl-v7")))
    with pytest.raises(UserError, match=r"`europarl-v6` \(did you mean `europarl-v7`\?\)"):
        catalogue.corpus("europarl-v6")
    with pytest.raises(UserError, match=r"did you mean `news\.tgz`"):
        catalogue.file("nws.tgz")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row(sha256="abc"), "64 hexadecimal digits"),
        (row(form="tokens"), "form `tokens` must be raw or tokenized"),
        (row(sha256=DIGEST.upper()), "lower case"),
        (row(md5="xyz"), "32 hexadecimal digits"),
        (row(pairs="1,000"), "pairs `1,000` must be a whole number"),
        (row(size="-3"), "bytes `-3` must be a whole number"),
        (row(file="../news.tgz"), "without a folder"),
        (row(file=""), "must be a plain name"),
        (row(source="."), "the name of a member was expected"),
        (row(file="news.en.gz", target="-"), "`.` or `-` was expected"),
        (row(source="-", target="-"), "holds neither side"),
        (row(source=""), "must be `.`, `-` or a member"),
        (row(target="-"), "lacks its target side"),
        (row(urls="ftp://example.org/x"), "that begin with"),
        (row() + "\tmore", "12 columns, but the header has 11"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = table(tmp_path, row(corpus="good", file="good.tgz"), line)
    with pytest.raises(UserError) as caught:
        read_catalogue(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (row(), "is given twice"),
        (row(file="other.tgz"), "has this side already"),
        (row(corpus="sport", size="5"), "other bytes, sha256"),
        (row(file="b.en", source=".", target="-", form="tokenized"), "has this side already"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(tmp_path, second, message):
    with pytest.raises(UserError, match=f"line 3: .*{message}"):
        read_catalogue(table(tmp_path, row(), second))


def test_two_counts_of_pairs_for_one_corpus_are_refused(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        row(file="a.en", source=".", target="-", pairs="3"),
        row(file="a.fr", source="-", target=".", pairs="4"),
    )
    with pytest.raises(UserError, match=r"line 3: .*4 pairs here but 3"):
        read_catalogue(path)


def test_what_nobody_knows_is_a_stroke_or_empty(tmp_path: Path) -> None:
    path = table(tmp_path, row(size="-", sha256="-", md5="-", pairs="-"))
    corpus = read_catalogue(path).corpus("news")
    (file,) = corpus.files
    assert (file.size, file.sha256, file.md5, corpus.pairs) == (None, None, None, None)
    assert not file.is_checkable


def test_corpora_of_one_form_go_together(tmp_path: Path) -> None:
    rows = (row(), row(corpus="sport"), row(corpus="old", file="old.tgz", form="tokenized"))
    catalogue = read_catalogue(table(tmp_path, *rows))
    assert catalogue.form_of(["news", "sport"]) == catalogue.form_of([]) == "raw"
    assert catalogue.form_of(["old"]) == "tokenized"
    message = "`old` is tokenized already but `news` is raw text. Use corpora of one"
    with pytest.raises(UserError, match=message):
        catalogue.form_of(["news", "old"])


def test_what_is_tokenized_is_not_tokenized_again(tmp_path: Path) -> None:
    rows = (row(), row(corpus="old", file="old.tgz", form="tokenized"))
    catalogue = read_catalogue(table(tmp_path, *rows))
    catalogue.check_tokenizer(["news"], "moses")
    catalogue.check_tokenizer(["old"], "none")
    catalogue.check_tokenizer([], "none")
    message = "data.tokenizer: is `{}`, but `{}` is {} by column `form` of .* Set it to `{}`"
    with pytest.raises(UserError, match=message.format("moses", "old", "tokenized", "none")):
        catalogue.check_tokenizer(["old"], "moses")
    with pytest.raises(UserError, match=message.format("none", "news", "raw", "moses")):
        catalogue.check_tokenizer(["news"], "none")


def test_the_two_sides_of_a_corpus_have_one_form(tmp_path: Path) -> None:
    rows = (
        row(file="a.en", source=".", target="-"),
        row(file="a.fr", source="-", target=".", form="tokenized"),
    )
    with pytest.raises(UserError, match=r"line 3: .*is tokenized here but raw in another row"):
        read_catalogue(table(tmp_path, *rows))


def test_the_paper_s_own_data_are_tokenized_and_to_be_had_in_two_ways(repository: Path) -> None:
    catalogue = read_catalogue(repository / "config" / "corpora.tsv")
    names = [name for name in catalogue.corpora if name.startswith("schwenk-")]
    assert len(names) == 8
    assert catalogue.form_of(names) == "tokenized"
    for name in catalogue.files_of(names):
        addresses = catalogue.file(name).urls
        bare = [url for url in addresses if url.startswith("http://www-lium")]
        assert [url for url in addresses if url.endswith(tuple(bare))] == list(addresses)
        assert len(addresses) == 2 * len(bare) > 0


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    header = HEADER.replace("sha256", "sha265")
    with pytest.raises(UserError, match=r"line 1: the header must be .* sha256"):
        read_catalogue(table(tmp_path, row(), header=header))


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="line 1: the header must be"):
        read_catalogue(table(tmp_path, row(), header=HEADER.removesuffix("\tlicence")))
