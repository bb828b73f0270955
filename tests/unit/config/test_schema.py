"""What a configuration must be, and what follows from it."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurations import BEGIN, END, OVERLAYS, PAGE, PAPER, PAPER_CONFIG, load, settings_table
from seq2seq.config.data import DataSettings, WordShares
from seq2seq.config.loading import as_json, from_json, load_settings, pick
from seq2seq.config.schema import Settings
from seq2seq.config.training import ModelSettings, SegmentSettings, TrainSettings
from seq2seq.errors import UserError


@pytest.fixture(scope="module")
def paper():
    return load(PAPER)


def changed(train, **changes):
    return dataclasses.replace(train, **changes)


# The paper's configuration, and the overlays


def test_the_paper_s_settings_are_the_paper_s(paper):
    assert (paper.model.layers, paper.model.hidden_size, paper.model.embedding_size) == (
        *(4, 1000, 1000),
    )
    assert (paper.vocabulary.source_words, paper.vocabulary.target_words) == (160_000, 80_000)
    assert (paper.train.batch_size, paper.train.clip_norm, paper.train.epochs) == (128, 5, 7.5)
    assert [(m.source_order, m.seed) for m in paper.models.values()] == [
        *(("forward", seed) for seed in range(1, 4)),
        *(("reversed", seed) for seed in range(1, 6)),
    ]
    assert [row.paper_bleu for row in paper.tables["table1"]] == [
        *(28.45, 33.30, 26.17, 30.59, 33.00, 33.27, 34.50, 34.81)
    ]
    assert [row.paper_bleu for row in paper.tables["table2"]] == [
        *(33.30, 34.54, 37.0, 35.61, 35.85, 36.5, 45)
    ]


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem)
def test_every_overlay_is_complete_with_the_paper_beneath_it(overlay):
    assert load(PAPER, overlay).experiment == overlay.stem


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem)
def test_no_overlay_claims_to_be_the_paper_s_data(overlay):
    assert load(PAPER, overlay).data.description.startswith("NOT THE PAPER'S DATA")


def test_corpora_without_a_share_of_words_need_that_of_the_others(paper):
    selection = WordShares("cross_entropy", {"un2000": 0.34})
    with pytest.raises(UserError, match=r"words\.others: is missing"):
        dataclasses.replace(paper.data, selection=selection)


def test_a_list_in_an_overlay_takes_the_place_of_the_paper_s(tmp_path):
    overlay = tmp_path / "x.yaml"
    overlay.write_text("data:\n  train: [europarl-v7]\n  selection: all\n")
    assert load(PAPER, overlay).data.train == ("europarl-v7",)


def test_rows_are_added_by_one_overlay_and_more_by_the_next(tmp_path):
    text = "tables: {{table1: {{add: [{{system: {}, baseline: best}}]}}}}\n"
    real, top = tmp_path / "real.yaml", tmp_path / "top.yaml"
    real.write_text(text.format("One"))
    top.write_text(text.format("Two"))
    stack = (PAPER.with_name("ablation.yaml"), real, top)
    assert [row.system for row in load(PAPER, *stack).tables["table1"]] == ["One", "Two"]


def test_the_table_of_all_settings_is_that_of_their_types():
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert table == settings_table(), "run `make docs-settings`"


# Learning rates and segments


def test_the_learning_rates_of_the_segments_are_the_paper_s(paper):
    rates = [paper.train.segment(number).learning_rate for number in range(1, 16)]
    assert paper.train.segments == 15
    assert rates == [0.7] * 10 + [0.35, 0.175, 0.0875, 0.04375, 0.021875]


@pytest.mark.parametrize("epochs", [5.0, 8.0, 100.0])
def test_more_epochs_or_fewer_leave_the_segments_before_as_they_were(paper, epochs):
    other = changed(paper.train, epochs=epochs)
    for number in range(1, min(15, other.segments) + 1):
        assert as_json(other.segment(number)) == as_json(paper.train.segment(number))


def test_a_segment_s_settings_say_nothing_of_how_many_there_are(paper):
    names = {field.name for field in dataclasses.fields(paper.train.segment(1))}
    assert names.isdisjoint({"epochs", "halve_from_epoch", "halve_every_epochs"})


def test_tenths_of_an_epoch_are_counted_exactly(paper):
    train = changed(
        paper.train, epochs=0.7, segment_epochs=0.1, halve_from_epoch=0.3, halve_every_epochs=0.2
    )
    assert train.segments == 7
    rates = [train.segment(number).learning_rate / 0.7 for number in range(1, 8)]
    assert rates == [1, 1, 1, 0.5, 0.5, 0.25, 0.25]


@given(
    segments=st.integers(1, 60),
    halve_from=st.integers(1, 60),
    halve_every=st.integers(1, 9),
    segment_hundredths=st.sampled_from([5, 10, 20, 25, 30, 50, 70, 100, 110, 200]),
)
def test_the_learning_rate_only_falls_and_only_by_halves(
    segments, halve_from, halve_every, segment_hundredths
):
    def epochs(count):
        return count * segment_hundredths / 100

    train = TrainSettings(
        epochs=float(f"{epochs(segments):.2f}"),
        segment_epochs=segment_hundredths / 100,
        batch_size=1,
        bucket_words=1,
        optimizer="sgd",
        learning_rate=1.0,
        halve_from_epoch=float(f"{epochs(halve_from):.2f}"),
        halve_every_epochs=float(f"{epochs(halve_every):.2f}"),
        clip_norm=1.0,
        precision="fp32",
        deterministic=False,
        all_reduce="fp32",
        dropout=0.0,
        dev_beam=1,
    )
    halvings = [-math.log2(train.segment(k).learning_rate) for k in range(1, segments + 1)]
    assert train.segments == segments
    assert halvings == [
        0 if k < halve_from else 1 + (k - halve_from) // halve_every for k in range(segments)
    ]


# JSON on the command line of a rule


def test_settings_come_back_from_json_as_they_were(paper):
    for section in dataclasses.fields(paper):
        value = getattr(paper, section.name)
        if dataclasses.is_dataclass(value):
            assert from_json(type(value), as_json(value)) == value
    assert from_json(Settings, as_json(paper)) == paper


words = st.text(max_size=20)


@given(st.builds(ModelSettings, cell=st.sampled_from(["lstm", "gru", "rnn"]),
                 layers=st.integers(1), hidden_size=st.integers(1), embedding_size=st.integers(1),
                 initial_range=st.floats(0, exclude_min=True, allow_infinity=False),
                 peepholes=st.just(False)))  # fmt: skip
def test_any_model_s_settings_come_back_from_json_to_the_last_bit(settings):
    assert from_json(ModelSettings, as_json(settings)) == settings


@given(description=words, mirror=st.none() | words, seed=st.integers())
def test_any_text_comes_back_from_json(paper, description, mirror, seed):
    data = dataclasses.replace(paper.data, description=description, mirror=mirror, seed=abs(seed))
    assert from_json(DataSettings, as_json(data)) == data


def test_equal_settings_are_equal_text_whatever_the_order_of_keys(paper):
    backwards = dict(reversed([(k, dict(reversed(v.items())) if isinstance(v, dict) else v)
                               for k, v in PAPER_CONFIG.items()]))  # fmt: skip
    assert as_json(load_settings(backwards).train) == as_json(paper.train)


def test_picked_settings_are_those_asked_for_and_no_more(paper):
    text = pick(paper.data, "seed", "max_tokens")
    assert text == '{"max_tokens": 100, "seed": 1}'


def test_a_wrong_value_on_a_command_line_is_refused_too(paper):
    text = as_json(paper.train.segment(1)).replace('"batch_size": 128', '"batch_size": "128"')
    with pytest.raises(UserError, match=r"^batch_size: must be a whole number, got '128'\.$"):
        from_json(SegmentSettings, text)
