"""The table of claims: what is in ours, and what is refused."""

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.claim_definitions import COLUMNS, kind_of, read_claims

GOOD = ["id", "3.3", "exploratory", "claim", "bleu_difference"]
GOOD += ["translations/a.beam1 baseline/best", "", "0", "2", "t"]


def written(tmp_path, *rows):
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows)]
    path = tmp_path / "claims.tsv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def changed(**fields):
    row = dict(zip(COLUMNS, GOOD, strict=True)) | fields
    return [row[name] for name in COLUMNS]


def test_ours_is_read_and_its_numbers_follow_from_the_paper_s_tables(repository):
    claims = {claim.id: claim for claim in read_claims(repository / "config" / "claims.tsv")}
    expected = {
        "reversal-bleu": 30.59 - 26.17,
        "reversal-perplexity": 5.8 / 4.7,
        "reversal-rescoring": 35.85 - 35.61,
        "ensemble-2": 33.27 - 30.59,
        "ensemble-5": 34.81 - 30.59,
        "ensemble-5-first": 34.81 - 30.59,
        "beam-1": 33.00 - 34.81,
        "beam-2": 34.50 - (33.00 + 34.81) / 2,
        "ensemble-beam-2": 34.50 - 30.59,
        "direct-beats-baseline": 34.81 - 33.30,
        "rescoring-single": 35.85 - 33.30,
        "rescoring-ensemble": 36.5 - 33.30,
        "near-best": 36.5 - (33.30 + 37.0) / 2,
        "depth": 0.9**-3,
    }
    stated = {id: claim.paper_value for id, claim in claims.items() if claim.paper_value}
    assert stated == {id: pytest.approx(value, abs=0.0051) for id, value in expected.items()}


@pytest.mark.parametrize(
    ("operand", "kind"),
    [
        ("translations/reversed-1+reversed-2.beam12", "output"),
        ("baseline/best", "output"),
        ("reversed-1", "model"),
        ("reversed-[1-9]", "model"),
        ("rescore/reversed-[1-9]", "output"),
        ("37.0", "number"),
        ("figures/phrases.json#panels.0.ratio", "measurement"),
        ("translations/", None),
        ("a b", None),
    ],
)
def test_an_operand_s_form_tells_what_it_names(operand, kind):
    assert kind_of(operand) == kind


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"statistic": "bleu_diference"}, r"line 2: .*did you mean `bleu_difference`"),
        ({"operands": "baseline/best"}, "line 2: `bleu_difference` takes 2 operands, not 1"),
        ({"operands": "a baseline/best"}, "line 2: .* of kind output, not `a`"),
        ({"operands": "37.0 baseline/best"}, "line 2: .* not `37.0`"),
        ({"threshold": "high"}, "line 2: `threshold` must be a number, got 'high'"),
        ({"paper_value": "4,42"}, "line 2: `paper_value` must be a number, got '4,42'"),
        ({"family": "main"}, "line 2: `family` must be primary or exploratory, got 'main'"),
        (
            {"family": "primary", "statistic": "measured_ratio"},
            "line 2: .* can only be exploratory",
        ),
        ({"sides": "3"}, "line 2: `sides` must be 1 or 2"),
        ({"statistic": "measured_ratio"}, "line 2: `sides` must be .* 1 for `measured_ratio`"),
        ({"test": ""}, "line 2: `test` is empty"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, fields, message):
    with pytest.raises(UserError, match=message):
        read_claims(written(tmp_path, changed(**fields)))


def test_a_wrong_table_is_named(tmp_path):
    with pytest.raises(UserError, match="line 3: another claim has the id `id`"):
        read_claims(written(tmp_path, GOOD, GOOD))
    with pytest.raises(UserError, match="line 2: 9 columns, but the header has 10"):
        read_claims(written(tmp_path, GOOD[:-1]))
    path = tmp_path / "other.tsv"
    path.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"other\.tsv.*line 1: the header must be `id section"):
        read_claims(path)
