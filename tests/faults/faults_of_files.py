"""What can be wrong in a file that a user supplies, beside corpora and archives: data, one line each.

A fault is a name, the file's content and what is said of it, a regular expression; None means that the
file is read as if it were right.
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from seq2seq.commands.estimate import read_devices
from seq2seq.config.loading import read_settings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.manifest import read_certificate
from seq2seq.io.files import read_json, read_lines, read_parallel
from seq2seq.io.moses_nbest import read_moses
from seq2seq.io.nbest import best_translations, read_hypotheses

PAPER = Path(__file__).resolve().parents[2] / "config/config.yaml"
Content = str | bytes


class Kind(NamedTuple):
    """A kind of file, the name that it has in the tests, its reader, and its faults."""

    title: str
    file: str
    read: Callable[[Path], Any]
    faults: dict[str, tuple[Content, str | None]]


CONFIGURATION: dict[str, tuple[Content, str | None]] = {
    "an empty file": ("", None),
    "JSON in place of YAML": ('{"train": {"batch_size": 64}}', None),
    "JSON with tabs": ('{\n\t"train": {"batch_size": 64}\n}', None),
    "a byte order mark": ("\ufefftrain: {batch_size: 64}\n", None),
    "an alias of a plain value": ("train: {epochs: &x 5.0, halve_from_epoch: *x}", None),
    "an unknown key": ("train: {batchsize: 8}", r"line 1: train\.batchsize: .*`batch_size`"),
    "an unknown section": ("trian: {batch_size: 8}", r"trian: unknown key \(did you mean `train`"),
    "a key twice": ("train: {epochs: 1}\ntrain: {epochs: 2}", "line 2: `train` is given twice"),
    "a key twice, nested": ("train: {epochs: 1, epochs: 2}", "`epochs` is given twice"),
    "a number as a key": ("train: {1: 2}", r"train\.1: unknown key"),
    "a list as a key": ("train: {? [a, b] : 1}", "line 1: a list or mapping is used as a key"),
    "a value in place of a section": ("train: 8", "train: must be a mapping, got 8"),
    "a list in place of a section": ("train: [1]", "train: must be a mapping"),
    "a list in place of settings": ("- train", "line 1: holds no settings"),
    "a word in place of settings": ("train", "line 1: holds no settings"),
    "two documents": ("a: 1\n---\nb: 2", "line 2: not valid YAML"),
    "a tab for indentation": ("train:\n\tepochs: 8", "line 2: .*indent with spaces"),
    "a bracket that is not closed": ("train: {epochs: 8", "not valid YAML"),
    "a control character": ("train: {epochs: \x00}", "not valid YAML"),
    "another encoding": ("# d\xe9j\xe0\n".encode("latin-1"), "line 1: not valid UTF-8"),
    "a merged anchor": ("a: &x {b: 1}\ntrain: {<<: *x}", "line 2: `<<` hides which keys win"),
    "an alias of nothing": ("train: *x", "not valid YAML .found undefined alias"),
    "an alias that holds itself": ("a: &a [*a]", "nested too deeply, or an alias holds itself"),
    "ten lines that make a billion": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12)),
        "repeat too much",
    ),
    "five thousand brackets": ("a: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "an object of Python": ("train: !!python/object/apply:os.system [echo]", "makes an object"),
    "an object of an unknown kind": ("train: !x 5", "`!x` makes an object"),
    "a number of 0": ("train: {batch_size: 0}", "must be > 0, got 0"),
    "a number below 0": ("data: {seed: -1}", "must be >= 0, got -1"),
    "a fraction for a count": ("train: {batch_size: 1.5}", "must be a whole number, got 1.5"),
    "text for a number": ('train: {batch_size: "8"}', "must be a whole number, got '8'"),
    "true for a number": ("train: {batch_size: true}", "must be a whole number, got True"),
    "an infinite number": ("train: {learning_rate: .inf}", "must be a number, got inf"),
    "no number": ("train: {learning_rate: .nan}", "must be a number, got nan"),
    "a share above 1": ("rescore: {weight: 1.5}", "must be between 0 and 1, got 1.5"),
    "1_000": ("train: {batch_size: 1_000}", "`1_000` is not a plain decimal number"),
    "010, which YAML reads as 8": ("train: {epochs: 010}", "`010` is not a plain decimal"),
    "0x10": ("train: {epochs: 0x10}", "`0x10` is not a plain decimal number"),
    "1:30, which YAML reads as 90": ("train: {epochs: 1:30}", "`1:30` is not a plain decimal"),
    "1e-3, which YAML reads as text": ("train: {learning_rate: 1e-3}", "`1e-3` is text in YAML"),
    "no, which YAML reads as false": ("data: {source_language: no}", "`no` means true or false"),
    "a date": ("data: {max_tokens: 2014-12-08}", "means a date in YAML"),
    "a word that is no choice": ("train: {optimizer: adagrad}", "must be one of sgd, adam"),
    "text in place of a list": ("data: {train: europarl-v7}", "must be a list"),
    "an empty list": ("data: {train: []}", r"data\.train: is empty"),
    "a number in a list of words": ("data: {train: [1]}", r"data\.train\.0: must be text, got 1"),
    "a folder as the experiment": ("experiment: ../x", "must be a plain folder name"),
    "an experiment without a name": ('experiment: ""', "must be a plain folder name"),
    "an experiment whose name is a flag": ("experiment: --unlock", "must be a plain folder name"),
    "a model with a plus in its name": (
        'models: {"a+b": {seed: 1, source_order: reversed}}',
        "use only letters, digits",
    ),
    "a source order that is none": (
        "models: {reversed-1: {seed: 1, source_order: backward}}",
        "must be one of forward, reversed",
    ),
    "a row with an unknown model": (
        "tables: {table1: [{system: x, translate: {models: [y], beam: 1}}]}",
        "needs `y`, which `models:` does not define",
    ),
    "a row with a beam of 0": (
        "tables: {table1: [{system: x, translate: {models: [reversed-1], beam: 0}}]}",
        r"tables\.table1\.0\.translate\.beam: must be > 0",
    ),
    "a row with a line break": (
        'tables: {table1: [{system: "a\\nb"}]}', "must not contain `=`, a tab or a newline"
    ),
    "a vocabulary of one word": ("vocabulary: {source_words: 1}", "must be >= 3"),
    "pairs without a selection": ("data: {selection: first, train_pairs: null}", "is None with"),
    "pairs beside shares of words": ("data: {train_pairs: 9}", "is 9 with `selection: share_of_"),
    "a share of words above 1": (
        "data: {selection: {share_of_words: {un2000: 1.2}}}", r"`all` or in \(0, 1\], got 1.2"
    ),
    "a share of words of 0": ("data: {selection: {share_of_words: {others: 0}}}", "got 0.0"),
    "a share of no training corpus": (
        "data: {selection: {share_of_words: {un200: 0.3}}}", r"mean `un2000`\?\). Add it, or"
    ),
    "shares of corpora that dev is drawn from": (
        "data: {dev: {from: train, sentences: 2}, selection: {method: cross_entropy}}",
        "selection: must be a word if dev or test is drawn",
    ),
}  # fmt: skip

GOOD = "0 ||| un chat ||| d= 0 -1 lm= -9 ||| -3.1\n"
MOSES: dict[str, tuple[Content, str | None]] = {
    "as Moses writes it": (GOOD, None),
    "no blank before the bars": ("0||| un|||d= 0||| -1\n", None),
    "Windows' line ends": (GOOD.replace("\n", "\r\n"), None),
    "a byte order mark": ("\ufeff" + GOOD, None),
    "no last newline": (GOOD.rstrip("\n"), None),
    "alignment fields": ("0 ||| un ||| d= 0 ||| -1 ||| 0-0 ||| 0=0\n", None),
    "marks of segments": ("0 ||| un |0-0| chat |1-2| ||| d= 0 ||| -1\n", None),
    "scores in the marks of segments": (
        "0 ||| un |0-0,wa=0-0 ,total=-1| ||| d= 0 ||| -1\n", "without -report-segmentation-enriched"
    ),
    "an empty file": ("", "holds no hypothesis"),
    "three fields": ("0 ||| un ||| -1\n", "line 1: 3 fields between bars"),
    "an empty line": (GOOD + "\n", "line 2: 1 fields between bars"),
    "a word for the sentence": ("x ||| un ||| ||| -1\n", "`x` is not a whole number"),
    "a fraction for the sentence": ("0.5 ||| un ||| ||| -1\n", "`0.5` is not a whole number"),
    "1_0 for the sentence": ("1_0 ||| un ||| ||| -1\n", "`1_0` is not a whole number"),
    "Arabic digits": ("\u0660 ||| un ||| ||| -1\n", "is not a whole number"),
    "a sentence below 0": ("-1 ||| un ||| ||| -1\n", "sentence -1, but the test set has 1"),
    "a sentence too many": (GOOD + GOOD.replace("0", "1", 1), "line 2: sentence 1, but the test"),
    "a word for the total": ("0 ||| un ||| ||| x\n", "`x` is not a number"),
    "no total": ("0 ||| un ||| ||| \n", "`` is not a number"),
    "an infinite total": ("0 ||| un ||| ||| -inf\n", "the total is -inf, not a finite number"),
    "a total that is no number": ("0 ||| un ||| ||| nan\n", "the total is nan"),
    "1_0 for the total": ("0 ||| un ||| ||| 1_0\n", "`1_0` is not a number"),
    "another encoding": (b"0 ||| \xe9t\xe9 ||| ||| -1\n", "line 1: not valid UTF-8"),
    "HTML": ("<!DOCTYPE html>\n", "line 1: 1 fields between bars"),
}  # fmt: skip

HEADER = "sentence\trank\ttotal\thypothesis\n"
COLUMNAR: dict[str, tuple[Content, str | None]] = {
    "as we write it": (HEADER + "0\t1\t-1\tun chat\n0\t2\t-2\tun\n", None),
    "an empty file": ("", "line 1: the header must be"),
    "a Moses list": (GOOD, "Give a Moses list as `baseline: nbest:`"),
    "no header": ("0\t1\t-1\tun\n", "line 1: the header must be"),
    "a column twice": ("sentence\trank\ta\ta\thypothesis\n", "each column needs a name of its own"),
    "a column without a name": ("sentence\trank\t\thypothesis\n", "each column needs a name"),
    "too few columns": (HEADER + "0\t1\tun\n", "line 2: 3 columns, but the header has 4"),
    "too many columns": (HEADER + "0\t1\t-1\tun\tdeux\n", "line 2: 5 columns"),
    "a word for a rank": (HEADER + "0\tx\t-1\tun\n", "line 2: `x` is not a whole number"),
    "a rank left out": (HEADER + "0\t1\t-1\ta\n0\t3\t-1\tb\n", "rank 3 of sentence 0 cannot"),
    "a rank twice": (HEADER + "0\t1\t-1\ta\n0\t1\t-1\tb\n", "rank 1 of sentence 0 cannot"),
    "sentences not in order": (HEADER + "1\t1\t-1\ta\n0\t1\t-1\tb\n", "rank 1 of sentence 0 cannot"),
    "a score that is no number": (HEADER + "0\t1\tnan\ta\n", "a score is not a number"),
    "a sentence too many": (HEADER + "5\t1\t-1\ta\n", "but the test set ends at 1"),
}  # fmt: skip

TOP = "token\tcount\nUNK\t0\n<EOS>\t1\n"
VOCABULARY: dict[str, tuple[Content, str | None]] = {
    "as we write it": (TOP + "un\t1\n", None),
    "an empty file": ("", "line 1: the header must be"),
    "a list of words": ("un\ndeux\n", "line 1: the header must be"),
    "blanks in place of tabs": ("token count\n", "line 1: the header must be"),
    "no special words": ("token\tcount\nun\t1\n", "the first words must be UNK and <EOS>"),
    "the special words in another order": (
        "token\tcount\n<EOS>\t1\nUNK\t0\n", "the first words must be UNK and <EOS>"
    ),
    "a word twice": (TOP + "un\t1\nun\t2\n", "line 5: `un` appears twice"),
    "no count": (TOP + "un\n", "line 4: must be a word, a tab and its count"),
    "a negative count": (TOP + "un\t-1\n", "line 4: must be a word"),
    "a fraction for a count": (TOP + "un\t1.5\n", "line 4: must be a word"),
    "Arabic digits": (TOP + "un\t\u0661\n", "line 4: must be a word"),
    "an empty line": (TOP + "\n", "line 4: must be a word"),
    "a word with a blank": (TOP + "un chat\t1\n", "line 4: must be a word"),
    "a model of subwords that is none": (
        "token\tcount\tsentencepiece:!!\nUNK\t0\n<EOS>\t1\n", "line 1: damaged model"
    ),
    "a model of subwords, damaged": (
        "token\tcount\tsentencepiece:AAAA\nUNK\t0\n<EOS>\t1\n", "model of subwords is damaged"
    ),
}  # fmt: skip


DATA = {"target_language": "fr", "tokenizer": "moses"}


def certificate(**changes: Any) -> str:
    whole = {
        "format": 1,
        "configuration": {"data": DATA, "evaluate": {"seed": 1}},
        "configuration_sha256": "ab",
        "files": {"tables/table1.tsv": {"bytes": 1, "sha256": "ab"}},
        "outputs": {"o": {"hypotheses": "o.tsv", "score": {"bleu": 1.0}}},
        "references": {"tokens": "data/tokens", "text": "data/text"},
    }
    return json.dumps(whole | changes)


NOT_ONE = "not a certificate of this version"
CERTIFICATE: dict[str, tuple[Content, str | None]] = {
    "as we write it": (certificate(), None),
    "an empty file": ("", "line 1: not valid JSON"),
    "JSON cut off": (certificate()[:-9], "line 1: not valid JSON"),
    "a list": ("[]", NOT_ONE),
    "null": ("null", NOT_ONE),
    "another JSON file": ('{"languages": {}}', NOT_ONE),
    "another format": (certificate(format=2), NOT_ONE),
    "files that are a list": (certificate(files=["a"]), NOT_ONE),
    "a file without its digest": (certificate(files={"a": {"bytes": 1}}), NOT_ONE),
    "a file whose size is a word": (
        certificate(files={"a": {"bytes": "x", "sha256": "ab"}}), NOT_ONE
    ),
    "a file outside its folder": (
        certificate(files={"../../etc/passwd": {"bytes": 1, "sha256": "ab"}}), NOT_ONE
    ),
    "a file with an absolute path": (
        certificate(files={"/etc/passwd": {"bytes": 1, "sha256": "ab"}}), NOT_ONE
    ),
    "an output without a score": (certificate(outputs={"o": {"hypotheses": "o"}}), NOT_ONE),
    "no references": (certificate(references={}), NOT_ONE),
    "no seed": (
        certificate(configuration={"data": DATA, "evaluate": {}}), NOT_ONE
    ),
    "brackets without end": ("[" * 100_000, "not valid JSON|nested too deeply"),
}  # fmt: skip

DEVICES = "device\tfp32_gflops\tbf16_gflops\tstep_seconds\tfactor\twatts\thour_price\tsource\n"
CORE = "core\t75\t150\t0.1\t1.5\t8\t0.04\tguessed\n"
DEVICE_TABLE: dict[str, tuple[Content, str | None]] = {
    "as it is": (DEVICES + CORE, None),
    "an empty file": ("", "Its columns are device fp32_gflops"),
    "no row of a core": (DEVICES + CORE.replace("core", "H100"), "needs a row `core`"),
    "a word for a number": (DEVICES + CORE.replace("75", "fast"), "Its columns are"),
    "an empty number": (DEVICES + CORE.replace("75", ""), "a number in each column"),
    "an infinite number": (DEVICES + CORE.replace("75", "inf"), "a number in each column"),
    "a column too many": (DEVICES + CORE + CORE.replace("\n", "\tx\n"), "Its columns are"),
    "a column missing": (DEVICES.replace("watts", "power") + CORE, "Its columns are"),
}

TEXT: dict[str, tuple[Content, str | None]] = {
    "U+2028 and U+0085 in a line": ("un\u2028deux\u0085\n", None),
    "a byte order mark": ("\ufeffun\n", None),
    "NUL": (b"u\x00n\n", None),
    "no last newline": (b"un", None),
    "a byte that is not UTF-8": (b"un\n\xff\n", "line 2: not valid UTF-8"),
    "UTF-16": ("un\n".encode("utf-16"), "line 1: not valid UTF-8"),
    "another number of lines": (b"un\ndeux\n", "2 source lines but 1 target lines"),
}
COMPRESSED: dict[str, tuple[Content, str | None]] = {
    "as it is": (gzip.compress(b"un\n"), None),
    "text": (b"un\n", "line 1: damaged gzip file"),
    "cut off": (gzip.compress(b"un\n" * 999)[:-9], "damaged gzip file"),
    "an empty file": (b"", None),
}


def read_side(path: Path) -> list[tuple[str, str]]:
    (path.parent / "other.fr").write_text("un\n")
    return list(read_parallel(path, path.parent / "other.fr"))


def read_columnar(path: Path) -> None:
    for _ in read_hypotheses(path).rows:
        pass
    best_translations(path, 2)


def read_overlay(path: Path) -> Any:
    return read_settings([str(PAPER), str(path)])


KINDS = [
    Kind("Configuration", "overlay.yaml", read_overlay, CONFIGURATION),
    Kind("Moses n-best list of one sentence", "list.nbest",
         lambda path: list(read_moses(path, sentences=1)), MOSES),
    Kind("Translations and n-best lists in columns", "list.tsv", read_columnar, COLUMNAR),
    Kind("Vocabulary", "source.tsv", lambda path: read_vocabulary(path).encode(["un"]), VOCABULARY),
    Kind("Certificate", "certificate.json", read_certificate, CERTIFICATE),
    Kind("Devices of `estimate`", "devices.tsv", read_devices, DEVICE_TABLE),
    Kind("Text", "text.en", read_side, TEXT),
    Kind("Compressed text", "text.gz", lambda path: list(read_lines(path)), COMPRESSED),
    Kind("JSON", "values.json", read_json, {"words": ("hello", "line 1: not valid JSON")}),
]  # fmt: skip
