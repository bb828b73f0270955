"""The sentence that each mistake in a configuration gets."""

import copy
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurations import PAPER, PAPER_CONFIG, line_of, load
from seq2seq.config.loading import as_json, from_json, load_settings, read_settings
from seq2seq.config.schema import Settings
from seq2seq.config.yaml_files import compose_file
from seq2seq.errors import UserError, did_you_mean

# What is wrong, the overlay (~ ends a line); then the line of the overlay, and the sentence.
MISTAKES = """\
an unknown key | train:~  epoch: 3
  2: train.epoch: unknown key (did you mean `epochs`?).
an unknown key like no other | zzz: 3
  1: zzz: unknown key.
an unknown section | ~modell: {}
  2: modell: unknown key (did you mean `model`?).
an unknown key after another | model:~  layers: 4~  biases: false
  3: model.biases: unknown key.
a key that is a number | train:~  7: 3
  2: train.7: unknown key.
a model whose name is a number | models:~  1: {seed: 1, source_order: forward}
  2: models.1: must be text as the key, got 1.
a table whose name is a number | tables:~  3:~    - system: x
  2: tables.3: must be text as the key, got 3.
a missing key of a new model | models:~  gru-1: {seed: 1}
  2: models.gru-1.source_order: is missing.
a missing key of a row | tables:~  table1:~    - paper_bleu: 3
  3: tables.table1.0.system: is missing.
text for a number | train:~  batch_size: many
  2: train.batch_size: must be a whole number, got 'many'.
a fraction for a whole number | train:~  batch_size: 12.5
  2: train.batch_size: must be a whole number, got 12.5.
true for a whole number | train:~  batch_size: true
  2: train.batch_size: must be a whole number, got True.
true for a number | train:~  epochs: true
  2: train.epochs: must be a number, got True.
a number for text | experiment: 3
  1: experiment: must be text, got 3.
no number at all | train:~  learning_rate: .nan
  2: train.learning_rate: must be a number, got nan.
no end of epochs | train:~  epochs: .inf
  2: train.epochs: must be a number, got inf.
a BLEU that is no number | length_plot:~  curves:~  - {system: x, paper_bleu: .nan}
  3: length_plot.curves.0.paper_bleu: must be a number, got nan.
nothing where something must stand | train:~  batch_size:
  2: train.batch_size: must be a whole number, got None.
a list for a mapping | train: [1, 2]
  1: train: must be a mapping, got [1, 2].
an empty section | train:
  1: train: must be a mapping, got None.
text for a list | data:~  train: europarl-v7
  2: data.train: must be a list, got 'europarl-v7'.
a word that is no choice | train:~  optimizer: adm
  2: train.optimizer: must be one of sgd, adam, got 'adm'.
zero | train:~  learning_rate: 0
  2: train.learning_rate: must be > 0, got 0.0.
a negative number | model:~  layers: -1
  2: model.layers: must be > 0, got -1.
no room for a word | vocabulary:~  target_words: 2
  2: vocabulary.target_words: must be >= 3, for UNK, <EOS> and a word.
a beam of zero | tables:~  table1:~  - system: x~    translate: {models: [forward-1], beam: 0}
  4: tables.table1.0.translate.beam: must be > 0, got 0.
an n-best list of no length | baseline:~  nbest_size: 0
  2: baseline.nbest_size: must be > 0, got 0.
a probability above one | baseline:~  null_probability: 1.5
  2: baseline.null_probability: must be between 0 and 1, got 1.5.
a negative seed | models:~  forward-1: {seed: -1, source_order: forward}
  2: models.forward-1.seed: must be >= 0, got -1.
a weight above one | rescore:~  weight: 50
  2: rescore.weight: must be between 0 and 1, got 50.0.
epochs that are no multiple of a segment | train:~  epochs: 7.3
  2: train.epochs: is 7.3, not a multiple of train.segment_epochs (0.5). The learning rate is
  constant within a segment.
a segment that does not divide the paper's epochs | train:~  segment_epochs: 0.4
  {paper}, line {line_of_epochs}: train.epochs: is 7.5, not a multiple of train.segment_epochs
  (0.4). The learning rate is constant within a segment.
a halving inside a segment | train:~  halve_every_epochs: 0.25
  2: train.halve_every_epochs: is 0.25, not a multiple of train.segment_epochs (0.5). The learning
  rate is constant within a segment.
a model that a table needs and nobody defines | tables:~  table1:~    - system: Mine
  ~      translate:~        models: [reversed-6]~        beam: 1
  5: tables.table1.0.translate.models: needs `reversed-6`, which `models:` does not define (did
  you mean `reversed-5`?).
a model that a curve needs and nobody defines | length_plot:~  curves:~    - system: Mine
  ~      rescore: {models: [nothing]}
  4: length_plot.curves.0.rescore.models: needs `nothing`, which `models:` does not define.
an ensemble of none | tables:~  table1:~    - system: x~      translate: {models: [], beam: 1}
  4: tables.table1.0.translate.models: is empty. List at least one.
a rescoring by none | tables:~  table2:~    - system: x~      rescore: {models: []}
  4: tables.table2.0.rescore.models: is empty. List at least one.
a label that no command line could carry | length_plot:~  curves:
  ~    - {system: beam=12, paper_bleu: 3}
  3: length_plot.curves.0.system: must not contain `=`, a tab or a newline.
a row of two kinds | tables:~  table1:~    - system: Both
  ~      translate: {models: [forward-1], beam: 1}~      baseline: best
  5: tables.table1.0.baseline: row `Both` has translate too. Keep one.
an experiment's name with a slash | experiment: a/b
  1: experiment: must be a plain folder name, such as `paper`.
an experiment's name that leads elsewhere | experiment: ..
  1: experiment: must be a plain folder name, such as `paper`.
a model's name with the ensemble's plus | models:~  a+b: {seed: 1, source_order: forward}
  2: models.a+b: use only letters, digits, `-` and `_`.
a table's name with a slash | tables:~  a/b:~    - system: x
  2: tables.a/b: use only letters, digits, `-` and `_`.
no corpus to train on | data:~  train: []
  2: data.train: is empty. List at least one.
a demo corpus without sentences | data:
  ~  demo_corpus: {seed: 1, pairs: 0, dev_pairs: 1, test_pairs: 1, max_words: 9}
  2: data.demo_corpus.pairs: must be > 0, got 0."""


def mistakes():
    for mistake in re.split(r"\n(?=\S)", MISTAKES):
        name, _, rest = mistake.replace("\n  ~", "~").partition(" | ")
        overlay, *sentence = rest.split("\n")
        said = " ".join(map(str.strip, sentence))
        place = "" if said.startswith("{") else "{overlay}, line "
        yield pytest.param(overlay.replace("~", "\n") + "\n", place + said, id=name)


@pytest.mark.parametrize(("text", "sentence"), list(mistakes()))
def test_a_mistake_is_one_sentence_with_file_and_line(tmp_path, text, sentence):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(text)
    with pytest.raises(UserError) as raised:
        load(PAPER, overlay)
    places = {"overlay": overlay, "paper": PAPER, "line_of_epochs": line_of("  epochs:")}
    assert str(raised.value) == sentence.format(**places)


def test_a_key_missing_from_a_complete_file_is_told_with_its_section_s_line(tmp_path):
    file = tmp_path / "config.yaml"
    text = PAPER.read_text(encoding="utf-8")
    file.write_text(text.replace("  clip_norm: 5.0", "  # clip_norm: 5.0"), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        load(file)
    assert str(raised.value) == f"{file}, line {line_of('train:')}: train.clip_norm: is missing."


def test_of_several_overlays_the_last_that_has_the_key_is_named(tmp_path):
    first, second, third = (tmp_path / f"{number}.yaml" for number in (1, 2, 3))
    first.write_text("train:\n  epochs: 7.1\n")
    second.write_text("train:\n  batch_size: 9\n  epochs: 7.2\n")
    third.write_text("experiment: other\n")
    with pytest.raises(UserError) as raised:
        load(PAPER, first, second, third)
    assert str(raised.value).startswith(f"{second}, line 3: train.epochs: is 7.2, not")


def test_a_key_that_stands_in_no_file_is_told_without_a_place():
    with pytest.raises(UserError) as raised:
        load_settings({"experimemt": "x"}, [])
    assert str(raised.value) == "experimemt: unknown key (did you mean `experiment`?)."


# What is wrong, the overlay (~ ends a line), and the sentence.
SILENCES = """\
a section twice | train: {}~model: {}~train: {} | line 3: `train` is given twice, first in line 1
a deep key twice | train:~  epochs: 1~  epochs: 2 | line 3: `epochs` is given twice
a key twice in a row | tables:~  t:~  - {system: x, system: y} | line 3: `system` is given
a key twice in one list of braces | a: {b: {c: 1, c: 2}} | line 1: `c` is given twice
a merge key | a: &x {b: 1}~c:~  <<: *x | line 3: `<<` hides which keys win
a tab | train:~\tepochs: 1 | line 2: not valid YAML (YAML allows no tab here; indent
no YAML | train: [1, 2 | not valid YAML
a number with underscores | train: {batch_size: 1_000} | line 1: `1_000` is not a plain decimal
an octal number | ~train: {batch_size: 012} | line 2: `012` is not a plain decimal
a sexagesimal number | train: {batch_size: 1:30} | line 1: `1:30` is not a plain decimal
a yes | data: {drop_duplicates: yes} | line 1: `yes` means true or false in YAML
a language | data: {target_language: no} | line 1: `no` means true or false in YAML
a date | data: {description: 2014-09-10} | line 1: `2014-09-10` means a date in YAML
a power of ten | train: {learning_rate: 1e-3} | line 1: `1e-3` is text in YAML
a power without a sign | train: {learning_rate: 1.5e3} | line 1: `1.5e3` is text in YAML"""
SILENT = [silence.split(" | ") for silence in SILENCES.split("\n")]


@pytest.mark.parametrize(("name", "text", "sentence"), SILENT)
def test_what_yaml_would_change_silently_is_refused_with_its_line(tmp_path, name, text, sentence):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(text.replace("~", "\n") + "\n")
    with pytest.raises(UserError) as raised:
        load_settings(PAPER_CONFIG, [str(PAPER), str(overlay)])
    assert str(raised.value).startswith(f"{overlay}")
    assert sentence in str(raised.value)
    with pytest.raises(UserError):
        read_settings([str(PAPER), str(overlay)])


@pytest.mark.parametrize(
    "value", ["0.001", "1.0e-3", "12", "-1", "true", '"no"', "'012'", "~", "x-1"]
)
def test_plain_values_are_not_refused(tmp_path, value):
    (tmp_path / "overlay.yaml").write_text(f"a: {value}\nb: [{value}]\n")
    compose_file(str(tmp_path / "overlay.yaml"))


def test_a_json_overlay_may_be_indented_by_tabs(tmp_path):
    (tmp_path / "overlay.json").write_text('{\n\t"experiment": "x"\n}\n')
    load_settings(PAPER_CONFIG, [str(PAPER), str(tmp_path / "overlay.json")])


@st.composite
def spoilt(draw):
    """The paper's configuration with one value, anywhere, replaced by another kind of thing."""
    config = copy.deepcopy(PAPER_CONFIG)
    node = config
    while True:
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
        key = draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
            node = node[key]
            continue
        scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
        lists, mappings = (
            st.lists(scalars, max_size=2),
            st.dictionaries(scalars, scalars, max_size=2),
        )
        node[key] = draw(scalars | lists | mappings)
        return config


@given(spoilt())
def test_whatever_a_value_is_replaced_by_it_loads_or_is_refused_with_its_key(config):
    try:
        settings = load_settings(config)
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith((".", "is missing."))
        assert sentence.partition(".")[0].partition(":")[0] in {*config, "None"}, sentence
    else:
        assert from_json(Settings, as_json(settings)) == settings


def test_a_suggestion_is_made_only_for_a_word_that_is_near():
    assert did_you_mean("batchsize", ["batch_size", "epochs"]) == " (did you mean `batch_size`?)"
    assert did_you_mean("xyz", ["batch_size", "epochs"]) == ""
