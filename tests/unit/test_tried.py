"""The log of tuning: every configuration that was tried for a published number."""

import csv
import datetime


def test_every_row_says_what_was_tried_what_it_scored_and_why_it_was_chosen_or_not(repository):
    with (repository / "docs/tried.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    for row in rows:
        assert None not in row and all(row.values()), row
        assert row["order"] in ("forward", "reversed", "both"), row
        if row["experiment"] != "paper":
            datetime.date.fromisoformat(row["date"])
            assert row["chosen"] in ("yes", "no"), row
    assert {"yes", "no"} <= {row["chosen"] for row in rows if row["experiment"] == "multi30k"}
