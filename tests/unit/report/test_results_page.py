"""The results page: what it says of a finished run, of half a run, and that it stands alone."""

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import page_check
from configurations import OVERLAYS, PAPER, load
from run_step import run_step
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import as_json
from seq2seq.errors import UserError
from seq2seq.io.files import write_json, write_lines
from seq2seq.report.page import results as page_module
from seq2seq.report.page.results import results_page
from toy_results import ODD, TABLES, toy_experiment, write_results

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """Text by element, ids, links and table rows; fails on a wrong closing tag or a repeated id."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.headings: list[str] = []
        self.text = ""
        self.feed("\n".join(lines))
        self.close()
        assert self.open == []
        assert len(set(self.ids)) == len(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value] if (value := named.get("id")) else []
        self.links += [value] if (value := named.get("href")) else []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "h2":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"style", "script"} & set(self.open):
            return
        self.text += data
        if {"td", "th"} & set(self.open) and "svg" not in self.open:
            self.rows[-1][-1] += data
        if "h2" in self.open and "a" not in self.open:
            self.headings[-1] += data

    def row(self, beginning: str) -> list[str]:
        return next(row for row in self.rows if row[0].startswith(beginning))


@pytest.fixture
def experiment() -> Experiment:
    return toy_experiment()


@pytest.fixture
def folder(tmp_path: Path, experiment: Experiment) -> Path:
    return write_results(tmp_path / "tiny", experiment)


def build(experiment: Experiment, folder: Path, **options: float) -> Page:
    return Page(results_page(experiment, folder, **options)[0])


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_finished_run_misses_nothing_and_has_every_section_in_order(experiment, folder):
    lines, missing = results_page(experiment, folder)
    page = Page(lines)
    assert missing == []
    assert page.headings == [
        "What the paper claims, and what came out here",
        "BLEU, beside the paper’s",
        "The claims, one by one",
        "Figures 2 and 3, with the paper’s reading",
        "Learning curves",
        "Rescoring the phrase-based system’s lists",
        "Translations to read",
        "Data and deviations",
        "Costs and speed",
        "How to verify and cite",
    ]
    assert "Not yet" not in page.text
    assert "Unfinished" not in page.text


def test_the_page_stands_alone_and_its_links_lead_somewhere(experiment, folder):
    page = build(experiment, folder)
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert len(inside) > 20
    files = {link for link in page.links if not link.startswith("#")}
    assert not [link for link in files if "//" in link]
    assert not [named["src"] for _, named in page.tags if "src" in named]
    made = {"figures/learning_curve.tsv", "workflow-report.html"}
    made |= {f"tables/{table}.tsv" for table in experiment.tables}  # by other rules
    assert [link for link in files - made if not (folder / link).exists()] == []


def test_the_headline_counts_the_verdicts(experiment, folder):
    text = words(build(experiment, folder).text)
    assert "2 LSTMs of 2 × 8 units, trained for 1 epoch on 1,234 sentence pairs" in text
    assert "and tested on 3." in text
    assert "Of 5 tests of the paper’s claims, 1 supports them, 1 contradicts," in text
    assert (
        "1 decides nothing, 1 was planned too small. Intervals of these: 1 against the claim, 0 for it."
        in text
    )
    assert "All jobs together took 1m15s." in text
    assert "Not the paper’s data but numbers in words." in text


def test_bleu_is_beside_the_paper_s_with_gains_over_the_baseline(experiment, folder):
    page = build(experiment, folder)
    assert page.row("Bahdanau")[1:6] == ["28.45", "–", "", "−4.85", ""]
    assert page.row(ODD)[1:6] == ["33.30", "20.00", "19.00–21.00", "+0.00", "+0.00"]
    assert page.row("Single forward")[1:6] == ["26.17", "21.00", "20.00–22.00", "−7.13", "+1.00"]
    assert "Difference" not in {cell for row in page.rows for cell in row}
    assert page.row("Rescoring the baseline 5-best with a single forward LSTM")


def test_on_the_paper_s_test_set_differences_are_printed(tmp_path):
    experiment = toy_experiment(test=["newstest2014"], description="News.")
    page = build(experiment, write_results(tmp_path, experiment))
    assert page.row(ODD)[1:5] == ["33.30", "20.00", "19.00–21.00", "−13.30"]
    assert "Not the paper’s data" not in page.text


def test_dots_and_intervals_are_where_the_numbers_are(experiment, folder):
    values = page_module.page_values(page_module.ResultsFolder(experiment, folder))
    table = values["tables"][0]
    at = table["scale"].at
    assert 0 < at(20) < at(21) < at(33.3) < at(34.81) < 1
    page = "\n".join(results_page(experiment, folder)[0])
    dots = re.findall(r'<circle class="dot" cx="([\d.]+)%"', page[: page.index('id="claims"')])
    first = [f"{100 * at(system.bleu):.2f}" for system, *_ in table["rows"] if system.bleu]
    assert dots[: len(first)] == first


def test_a_claim_has_its_mark_effect_test_and_anchor(experiment, folder):
    page = build(experiment, folder)
    text = words(page.text)
    for shown in (
        "✔ supported (trainings) Reversing helps. +2.00 BLEU (95 %: +1.00 to +3.00); the paper +4.00",
        "✘ contradicted (these models) Five beat one. −1.00 BLEU (90 %: −2.00 to −0.50); the paper",
        "◐ inconclusive (these models) Order <i>is</i> kept. 1.10× (p = 0.500); the paper gives no",
        "Power: 91 %, to find +4.00 (the paper's).",
        "Power: not computed.",
        "Two-sided tests have 95 % intervals, one-sided ones (α = 0.05) 90 %.",
    ):
        assert shown in text
    assert "– not tested Deep wins. not measured; the paper 1.37×" in text
    assert "∅ not testable at this size interval below the threshold No fall." in text
    assert "p = 0.040 after Holm’s correction. 50 % of the paper’s effect." in text
    assert {"claim-reversal-bleu", "claim-depth"} <= set(page.ids)


def test_columns_that_a_later_version_adds_or_drops_do_no_harm(experiment, folder):
    """Columns are read by name."""
    header, *rows = TABLES["claims"]
    moved = ["later\t" + header.replace("\teffect_share", "").replace("\tsides", "\tx")]
    for row in rows:
        fields = row.split("\t")
        moved.append("\t".join(["0.8", *fields[:13], *fields[14:]]))
    write_lines(folder / "tables/claims.tsv", moved)
    text = words(build(experiment, folder).text)
    assert "+2.00 BLEU (+1.00 to +3.00)" in text
    assert "of the paper’s effect" not in text


def test_figures_say_what_they_show(experiment, folder):
    page = build(experiment, folder)
    for tag, named in page.tags:
        if tag == "svg" and "aria-hidden" not in named and "overflow" not in named:
            assert named["role"] == "img"
            assert named["aria-label"]
    labels = [
        named["aria-label"] for tag, named in page.tags if tag == "svg" and "aria-label" in named
    ]
    assert "Perplexity on dev against epochs; last: forward-1 7.00; reversed-1 5.00" in labels
    text = words(page.text)
    assert "LSTM: −1.5 BLEU per ten words (95 % interval −2.5 to −0.5) below 35 words." in text
    assert "baseline: too few sentences for a slope." in text
    assert "phrases of another meaning are 1.25 times as far apart" in text
    assert "other voices 0.50 times as far apart as other word orders" in text


def test_vectors_that_coincide_have_no_ratio(experiment, folder):
    panel = {"title": "who", "ratio": None, "distances": {"voice": 0.0, "word_order": 0.0}}
    numbers = {"panels": [panel], "all_panels": {"p_value": 1.0}}
    write_json(folder / "figures/phrases.json", numbers)
    text = words(build(experiment, folder).text)
    assert "With all 1 panels of the test, drawn or not: p = 1.00 for meaning." in text


def test_the_weightiest_deviations_come_first(experiment, folder):
    page = build(experiment, folder)
    order = [
        row[0] for row in page.rows if row[0].startswith(("data.train", "model.", "train.clip"))
    ]
    assert order[:2] == ["data.train", "model.layers"]
    assert len(order) == 8
    assert "3 more: changed settings" in page.text


def test_translations_are_side_by_side_with_their_gain(experiment, folder):
    lines, _ = results_page(experiment, folder)
    page, text = Page(lines), words(Page(lines).text)
    gains = [named["data-gain"] for tag, named in page.tags if "data-gain" in named]
    assert gains[1:] == ["0.00", "0.00"]
    assert gains[0] is not None and float(gains[0]) > 10
    assert sum("<mark>&lt;faux&gt;</mark>" in line for line in lines) >= 1
    assert "3 of 3 sentences." in text


def test_a_large_test_set_is_shown_in_part(experiment, folder, monkeypatch):
    monkeypatch.setattr(page_module, "_BROWSER_BYTES", 1500)
    page = build(experiment, folder)
    lines = [named["data-line"] for tag, named in page.tags if "data-line" in named]
    assert lines == ["0", "2"]
    assert "2 of 3 sentences, evenly spaced" in words(page.text)


def test_what_is_an_empty_list_is_not_waited_for(experiment, folder):
    settings = experiment.settings
    empty = {
        "tables": {},
        "phrase_plot": replace(settings.phrase_plot, panels=()),
        "examples": replace(settings.examples, sentences=()),
        "length_plot": replace(settings.length_plot, curves=()),
        "rarity_plot": replace(settings.rarity_plot, curves=()),
    }
    for figure in ("phrases", "lengths", "rarity"):
        (folder / f"figures/{figure}.tsv").unlink()
    lines, missing = results_page(Experiment(replace(settings, **empty)), folder)
    text = words(Page(lines).text)
    assert missing == []
    assert "Not yet" not in text
    assert "Table 3" not in text
    assert "3 of 3 sentences." in text
    for absent in ("has no table of systems", "draws no sentence vectors", "draws no BLEU by"):
        assert f"This experiment {absent}" in text


# Half a run


def test_half_a_run_says_what_is_missing(experiment, folder):
    shutil.rmtree(folder / "tables")
    shutil.rmtree(folder / "figures")
    shutil.rmtree(folder / "data")
    shutil.rmtree(folder / "models/reversed-1")
    (folder / "evaluate/baseline/best.json").unlink()
    segments = folder / "train/reversed-1"
    write_lines(segments / "001.train.jsonl", [])
    page = build(experiment, folder, every=30)
    text = words(page.text)
    assert [row[1:3] for row in page.rows if row[0] == ODD][1] == ["33.30", "to come"]
    assert [row[2] for row in page.rows if row[0].startswith("Single forward")] == [
        "1 of 1",
        "21.00",
    ]
    assert page.row("training reversed-1")[1:3] == ["◐ begun", "1 of 2"]
    assert page.row("corpus and vocabulary")[1] == "– to come"
    assert "Not yet: the verdicts. Waiting for tables/claims.tsv." in text
    assert "No claim is tested yet." in text
    assert "tables/costs.tsv" in text
    assert "last: forward-1 7.00" in str(page.tags)


def test_an_empty_folder_is_a_page_too(experiment, tmp_path):
    page = build(experiment, tmp_path)
    assert "Unfinished: 0 of" in page.text
    assert [row[2] for row in page.rows if row[0] == ODD][1:] == ["to come"]


@pytest.mark.parametrize("overlay", [PAPER, *OVERLAYS], ids=lambda path: path.stem)
def test_every_experiment_of_the_repository_has_a_page_before_it_begins(overlay, tmp_path):
    experiment = Experiment(load(PAPER, overlay))
    page = build(experiment, tmp_path, every=30)
    assert page.text.count("to come") > len(experiment.trained_models)
    assert ("Not the paper’s data" in page.text) == (overlay != PAPER)
    assert ("networks of" in page.text) == (overlay.stem == "ablation")


def test_the_step_refuses_half_a_run(experiment, folder):
    (folder / "tables/claims.tsv").unlink()
    arguments = ["--settings", as_json(experiment.settings), "--output", folder / "report.html"]
    with pytest.raises(UserError, match=r"tables/claims.tsv missing. Run the workflow first."):
        run_step("report", "write-report", *arguments)
    assert not (folder / "report.html").exists()
    write_lines(folder / "tables/claims.tsv", TABLES["claims"])
    run_step("report", "write-report", *arguments)
    assert (folder / "report.html").stat().st_size > 10_000


def test_a_seed_of_a_system_is_a_small_dot(experiment, folder):
    page = "\n".join(results_page(experiment, folder)[0])
    tables = experiment.settings.tables.values()
    seeds = [sum(len(row.repetitions) for row in rows) for rows in tables]
    assert all(seeds)
    assert page.count('class="seed"') == sum(seeds) + 2 * len(seeds)  # and two in each key
    assert "trained with 2 seeds" in page


# In a browser


@pytest.mark.slow
@pytest.mark.skipif(bool(page_check.missing_tool()), reason=page_check.missing_tool() or "")
@pytest.mark.parametrize(("width", "dark"), [(1400, False), (768, False), (380, True)])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(experiment, folder, width, dark):
    write_lines(folder / "report.html", results_page(experiment, folder)[0])
    assert page_check.check(folder / "report.html", width=width, dark=dark) == []
    (folder / "tables/claims.tsv").unlink()
    (folder / "evaluate/baseline/best.json").unlink()
    write_lines(folder / "live.html", results_page(experiment, folder, every=30)[0])
    assert page_check.check(folder / "live.html", width=width, dark=dark) == []


@pytest.mark.skipif(bool(page_check.missing_tool()), reason=page_check.missing_tool() or "")
def test_axe_would_find_a_fault(tmp_path):
    fault = '<img src="x.png"><p style="color:#aaa">pale</p><div style="width:200vw">wide</div>'
    page = (
        f"<!DOCTYPE html><html lang='en'><head><title>x</title></head><body>{fault}</body></html>"
    )
    write_lines(tmp_path / "page.html", [page])
    found = "\n".join(page_check.check(tmp_path / "page.html", width=768))
    assert "critical: Images must have alternative text" in found
    assert "color contrast" in found
    assert "wider than the page" in found
