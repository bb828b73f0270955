"""Steps of the data stage: from published archives to token ids (section 3.1 of the paper)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from seq2seq.config.data import DemoCorpusSettings, PieceSettings, PreparationSettings
from seq2seq.data import corpus_stats, preparation
from seq2seq.data.archives import read_pairs
from seq2seq.data.catalogue import CATALOGUE, find_corpus, read_catalogue
from seq2seq.data.download import CHECKSUMS, write_bundle
from seq2seq.data.download import download as fetch
from seq2seq.data.preparation import sample
from seq2seq.data.text_files import PairFiles, ShardFiles, read_blocks, read_shard
from seq2seq.data.tokenizer import tokenizer as make_tokenizer
from seq2seq.data.vocabulary import (
    count_pieces,
    learn_pieces,
    most_frequent,
    read_vocabulary,
    write_vocabulary,
)
from seq2seq.data.word_counts import Encoder, read_counts, write_counts
from seq2seq.demo_corpus import generate
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, read_table, sha256, write_lines, writing
from seq2seq.io.token_ids import write_blocks
from seq2seq.runtime.command_line import Json, ShardName, main_of, step_app
from seq2seq.runtime.logging import log, with_progress

Shards = Annotated[list[Path], Parameter(help="in order")]
Pair = Annotated[tuple[Path, Path], Parameter(help="source and target tokens")]
Splits = Annotated[tuple[Path, Path, Path], Parameter(help="train, dev and test")]
Mirror = Annotated[
    str | None, Parameter(help="folder or URL to try first", env_var="SEQ2SEQ_MIRROR")
]

app = step_app("data", "Corpora: download, extract, tokenize, clean, count, encode.")


@app.command
def download(
    *, file: str, output: Path, checksum: Path, catalogue: Path = CATALOGUE, mirror: Mirror = None
) -> None:
    """Fetch one published file of the catalogue, verify it, and record its checksum."""
    entry = read_catalogue(catalogue).file(file)
    if not entry.is_checkable and not entry.any_bytes:
        raise UserError(
            f"{catalogue}: no checksum of {entry.name} is known, so a wrong file would pass for it. "
            "Put its sha256 into the table, or `any` there to accept whatever comes."
        )
    origin = fetch(entry, output, mirror=mirror)
    digest = sha256(output)
    write_lines(checksum, [f"{digest}  {entry.name}"])
    log.info(f"{entry.name}: {output.stat().st_size:,} bytes from {origin}, sha256 {digest}")
    if not entry.is_checkable:
        log.warning(
            f"warning: no checksum of {entry.name} is published, so only its size was verified. "
            f"Add {digest} to {catalogue} to compare every later download with this one."
        )


@app.command
def bundle(*, files: list[Path], bundle: Path, catalogue: Path = CATALOGUE) -> None:
    """Collect an experiment's published files in one folder, to use elsewhere as `data.mirror`."""
    entries = read_catalogue(catalogue)
    write_bundle({path: entries.file(path.name) for path in files}, bundle)
    log.info(
        f"{bundle}: {len(files)} files. Copy it, verify the copy with "
        f"`sha256sum --check {CHECKSUMS}`, and set SEQ2SEQ_MIRROR to it."
    )


@app.command
def extract_corpus(
    *,
    corpora: list[str],
    downloads: Path,
    source_text: Path,
    target_text: Path,
    counts: Path | None = None,
    catalogue: Path = CATALOGUE,
) -> None:
    """Write both sides of corpora as plain text, one corpus after the other.

    Args:
        corpora: names of the catalogue, or JSON that names local files.
        counts: a table to write, of the pairs of each corpus.
    """
    entries = read_catalogue(catalogue)
    entries.form_of(name for name in corpora if not name.startswith("{"))
    found = [find_corpus(corpus, entries) for corpus in corpora]
    sizes = [0] * len(found)

    def pairs() -> Iterator[tuple[str, str]]:
        for place, corpus in enumerate(found):
            read = read_pairs(corpus, downloads)
            for pair in with_progress(read, corpus.name, total=corpus.pairs or 0, unit="pairs"):
                sizes[place] += 1
                yield pair

    count = PairFiles(source_text, target_text).write(pairs())
    if counts:
        rows = (f"{corpus.name}\t{size}" for corpus, size in zip(found, sizes, strict=True))
        write_lines(counts, ["corpus\tpairs", *rows])
    names = ", ".join(corpus.name for corpus in found)
    log.info(f"{count:,} pairs of {names} in {source_text} and {target_text}")


@app.command
def hold_out(
    *, sizes: Json[dict[str, int]], seed: int, source: Path, target: Path, outputs: list[Path]
) -> None:
    """Draw the dev or test set, or both, from the training text.

    Args:
        sizes: sentences to draw for each split.
        outputs: source and target text of train, then of each split in the order of ``sizes``.
    """
    text = PairFiles(source, target)
    drawn = preparation.draw((pair[0] for pair in text.read()), sizes, seed=seed)
    counts, place = Counter[str](), {name: 2 * n for n, name in enumerate(("train", *sizes))}
    with ExitStack() as stack:
        files = [stack.enter_context(writing(path)) for path in outputs]
        for name, sides in preparation.assign(text.read(), drawn):
            if name is not None:
                counts[name] += 1
                for side, sentence in enumerate(sides):
                    files[place[name] + side].write(f"{sentence}\n".encode())
    shares = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    log.info(f"{shares} pairs; no source sentence of dev or test is in train")


@app.command
def generate_demo_corpus(
    *, settings: Json[DemoCorpusSettings], processes: int = 1, source: Splits, target: Splits
) -> None:
    """Generate the demo's corpus from its grammar."""
    shards = generate.generate(seed=settings.seed, pairs=settings.pairs, processes=processes)
    drawn = chain.from_iterable(shards)
    pairs = list(with_progress(drawn, "generate", total=settings.pairs, unit="pairs"))
    sizes = {name: getattr(settings, name) for name in ("dev_pairs", "test_pairs", "max_words")}
    splits = generate.split(pairs, seed=settings.seed, **sizes)
    for split, english, french in zip(splits, source, target, strict=True):
        write_lines(english, (pair.english for pair in split))
        write_lines(french, (pair.french for pair in split))
    kept = ", ".join(f"{len(split):,} {name}" for name, split in splits._asdict().items())
    log.info(f"demo corpus: {len(pairs):,} pairs drawn, kept {kept}")


@app.command
def tokenize_corpus(
    *,
    text: Path,
    shard: ShardName,
    tokenizer: Literal["moses", "none", "blanks"],
    language: str,
    tokens: Path,
) -> None:
    """Tokenize one side of a corpus, or one shard of it: a line of tokens per line of text."""
    lines = with_progress(read_shard(text, shard), "tokenizing", total=0, unit="lines")
    count = write_lines(tokens, map(make_tokenizer(tokenizer, language), lines))
    log.info(f"{count:,} lines of {text} tokenized in {tokens}")


@app.command
def clean_corpus(
    *,
    settings: Json[PreparationSettings],
    source: Shards,
    target: Shards,
    dev: Pair,
    test: Pair,
    source_tokens: Path,
    target_tokens: Path,
    table: Path,
    corpora: Path | None = None,
    schwenk: Path | None = None,
    composition: Path | None = None,
) -> None:
    """Clean the tokenized training corpus, select the pairs to train on, and count what was dropped.

    With ``corpora``, the pairs of each, also write what was selected of each beside ``schwenk``.
    """
    shards, kept = ShardFiles(source, target), PairFiles(source_tokens, target_tokens)
    rows = read_table(corpora, ("corpus", "pairs")) if corpora else ()
    parts = [(name, int(pairs)) for _, (name, pairs) in rows]
    steps, counts = preparation.prepare(
        shards, kept, settings, dev=PairFiles(*dev), test=PairFiles(*test), corpora=parts
    )
    preparation.write_filter_counts(table, steps)
    if schwenk and composition:
        preparation.write_composition(composition, counts, schwenk)
    log.info(f"{steps[-1].left:,} of {steps[0].left:,} pairs kept; {table} lists every filter")


@app.command
def count_words(*, tokens: Path, shard: ShardName, counts: Path) -> None:
    """Count the words of one side of the training corpus, or of one shard of it."""
    words = write_counts(counts, read_blocks(tokens, shard))
    log.info(f"{words:,} distinct words counted in {counts}")


@app.command
def build_vocabulary(
    *, settings: Json[PieceSettings], counts: Shards, tokens: Path, size: int, output: Path
) -> None:
    """Keep the most frequent words of the training corpus (section 3.1), or learn subword pieces."""
    sentences, counted = read_counts(counts)
    decoded = ((word.decode("utf-8"), count) for word, count in counted)
    if settings.kind == "words":
        words = most_frequent(decoded, sentences=sentences, size=size)
    else:
        few = min(sentences, settings.sample_sentences)
        sampled = sample(read_lines(tokens), total=sentences, size=few, seed=settings.seed)
        model = learn_pieces(sampled, settings.kind, size)
        words = count_pieces(model, decoded, sentences)
    write_vocabulary(output, words)
    fewer = "" if len(words) == size else f" (of {size:,}: the text has no more)"
    log.info(
        f"{len(words):,} {settings.kind}{fewer} cover {words.coverage:.2%} of the training text, "
        f"in {output}"
    )


@app.command
def encode_corpus(*, tokens: Path, vocabulary: Path, ids: Path, offsets: Path) -> None:
    """Map the tokens of one side to token ids, and record where sentences start (both .npy)."""
    words = read_vocabulary(vocabulary)
    blocks = with_progress(read_blocks(tokens), "encoding", total=0, unit="megabytes")
    count = write_blocks(ids, offsets, map(Encoder(words).encode, blocks))
    log.info(f"{count:,} lines as ids of {len(words):,} words in {ids}")


@app.command
def describe_corpus(*, data: Path, table: Path) -> None:
    """Tabulate the corpus after each step: lines, tokens, types, unknown words, checksums."""
    described = [(file, file.describe(data)) for file in corpus_stats.CORPUS_FILES]
    corpus_stats.write_statistics(table, described)
    log.info(f"{len(described)} files described in {table}")


main_of(app, __name__)
