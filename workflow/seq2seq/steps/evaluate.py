"""Steps of the evaluate stage: scores with their uncertainty, claims, deviations, the certificate."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, astuple
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.data.tokenizer import detokenize
from seq2seq.errors import UserError
from seq2seq.evaluation import ablation, claims, deviations, environment, manifest, throughput
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.bleu_variants import Output, WayScore, score_ways, without_unknown
from seq2seq.evaluation.bootstrap import compare, interval_of, test_sets
from seq2seq.evaluation.claim_definitions import read_claims
from seq2seq.evaluation.comet import comet_score
from seq2seq.evaluation.costs import measured_costs
from seq2seq.evaluation.counts import Reference, corpus_counts, tokens_of
from seq2seq.evaluation.lengths import shorter_than
from seq2seq.evaluation.measurements import read_number
from seq2seq.evaluation.oracle import oracle_translations, sentence_bleu
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.evaluation.score import score_translations
from seq2seq.io.files import read_json, read_lines, read_parallel, write_json
from seq2seq.io.nbest import Hypothesis, best_translations, read_hypotheses, write_hypotheses
from seq2seq.report.ablation_table import designs_table, effects_table
from seq2seq.report.bleu_variants_table import bleu_variants_table
from seq2seq.report.claims_table import claims_table, summary
from seq2seq.report.table import Table
from seq2seq.runtime.command_line import labelled_file, main_of, step_app
from seq2seq.runtime.logging import log, with_progress

app = step_app("evaluate", "Evaluation: BLEU, intervals, tests of the paper's claims, certificate.")

# The paper's numbers that these tables set beside ours.
PAPER_PERPLEXITY = {"forward": "5.8", "reversed": "4.7"}  # section 3.3
PAPER_SPEEDS = (  # section 3.5
    ("paper", "one GPU", "1700", "", ""),
    ("paper", "eight GPUs, one model", "6300", "", ""),
)
PAPER_PARAMETERS = {  # section 3.4
    "source_embedding": 160_000_000,
    "target_embedding": 80_000_000,
    "softmax": 80_000_000,
    "recurrent": 64_000_000,
    "total": 384_000_000,
}


def _references(tokens: Path, text: Path) -> Lines:
    pairs = list(read_parallel(tokens, text))
    return Lines([line for line, _ in pairs], [line for _, line in pairs])


def _with_text(tokens: list[str], language: str) -> Lines:
    return Lines(tokens, [detokenize(line, language) for line in tokens])


@app.command
def score_bleu(
    *,
    hypotheses: Path,
    reference_tokens: Path,
    reference_text: Path,
    language: str,
    seed: int,
    output: Path,
) -> None:
    """Score translations of the test set: BLEU as in the paper, and today's sacreBLEU beside it.

    Args:
        hypotheses: translations, columnar; those of rank 1 are scored.
        reference_tokens: Moses tokens.
        reference_text: the same sentences as raw text.
        language: target language, such as fr.
        seed: for the bootstrap interval.
        output: JSON.
    """
    references = _references(reference_tokens, reference_text)
    best = best_translations(hypotheses, len(references.tokens))
    score = score_translations(_with_text(best, language), references, seed=seed)
    write_json(output, asdict(score))
    log.info(
        f"{output}: BLEU {score.bleu:.2f} ({score.bleu_low:.2f} to {score.bleu_high:.2f}) "
        f"on {score.sentences:,} sentences"
    )


@app.command
def choose_oracle(*, nbest: Path, reference_tokens: Path, output: Path) -> None:
    """Choose from each n-best list the hypothesis nearest to its reference (Table 2, last row).

    Args:
        nbest: n-best lists, columnar.
        output: one translation per sentence, columnar.
    """
    references = list(read_lines(reference_tokens))
    lists = with_progress(
        (
            (sentence, [row.tokens for row in rows])
            for sentence, rows in read_hypotheses(nbest).by_sentence()
        ),
        "oracle",
        total=len(references),
        unit="sentences",
    )

    def rows() -> Iterator[Hypothesis]:
        chosen = oracle_translations(lists, references)
        for sentence, (tokens, reference) in enumerate(zip(chosen, references, strict=True)):
            score = sentence_bleu(tokens, Reference.of(reference))
            yield Hypothesis(sentence, 1, (score,), tokens)

    write_hypotheses(output, ("sentence_bleu",), rows())
    log.info(f"{output}: the best of the lists for {len(references):,} sentences")


@app.command
def compare_systems(
    *,
    systems: list[str],
    reference_tokens: Path,
    seed: int,
    title: str,
    note: str,
    output: list[Path],
) -> None:
    """Test whether each system of a table is better than the one above it.

    Args:
        systems: LABEL=FILE, in the order of the table.
        seed: for resampled test sets and swaps.
        note: says what data this is.
        output: .tsv and .html files.
    """
    references = list(read_lines(reference_tokens))
    labelled = [labelled_file(system) for system in systems]
    counts = {
        path: corpus_counts(best_translations(path, len(references)), references)
        for path in dict.fromkeys(system.path for system in labelled)
    }
    rows = []
    for above, system in pairwise(labelled):
        found = compare(counts[system.path], counts[above.path], seed=seed)
        points = (found.difference, found.interval.low, found.interval.high)
        p_values = (found.bootstrap_p, found.randomization_p)
        numbers = [*(f"{point:.2f}" for point in points), *(f"{p:.4f}" for p in p_values)]
        rows.append((system.label, above.label, *numbers))
    Table(
        title=title,
        note=note,
        header=(
            *("System", "Compared with", "Difference in BLEU", "95 % from", "to"),
            *("p (paired bootstrap)", "p (randomization)"),
        ),
        rows=rows,
        columns=(
            *("system", "compared_with", "bleu_difference", "low", "high"),
            *("p_bootstrap", "p_randomization"),
        ),
        data=rows,
        text_columns=frozenset({0, 1}),
    ).write(output)
    log.info(f"{output[0]}: {len(rows)} pairs of systems")


@app.command
def score_bleu_variants(
    *,
    systems: list[str],
    source_text: Path,
    reference_tokens: Path,
    reference_text: Path,
    language: str,
    comet: str | None = None,
    note: str,
    output: list[Path],
) -> None:
    """Score the same outputs in several ways, from the paper's BLEU to today's, with signatures.

    Args:
        systems: LABEL=FILE.
        source_text: the test set's sources, raw.
        comet: COMET model to score with as well.
        note: says what data this is.
        output: .tsv, .md and .html files.
    """
    reference = _references(reference_tokens, reference_text)
    scores: dict[str, list[WayScore]] = {}
    for file in map(labelled_file, systems):
        whole = best_translations(file.path, len(reference.tokens))
        known = [without_unknown(line) for line in whole]
        translated = Output(_with_text(whole, language), _with_text(known, language))
        scores[file.label] = list(score_ways(translated, reference))
        if comet:
            sources = list(read_lines(source_text))
            value = comet_score(sources, translated.whole.text, reference.text, model=comet)
            scores[file.label].append(WayScore("as text: COMET", 0, "COMET", value, comet))
        log.info(f"{file.label}: scored in {len(scores[file.label])} ways")
    bleu_variants_table(scores, note=note).write(output)


@app.command
def tabulate_perplexities(
    *, log_probabilities: Path, orders: list[str], seed: int, note: str, output: list[Path]
) -> None:
    """Tabulate each model's test perplexity with its interval, beside the paper's (section 3.3).

    Args:
        log_probabilities: from score-perplexity.
        orders: MODEL=forward or MODEL=reversed.
        seed: for the resampled test sets.
        note: says what data this is.
        output: .tsv and .html files.
    """
    order_of = {each.label: each.path for each in map(labelled_file, orders)}
    rows = []
    for model, found in read_log_probabilities(log_probabilities).items():
        samples = test_sets(len(found.words), seed=seed)
        interval = interval_of(found.perplexity_on(samples)[1:])
        numbers = (found.perplexity, interval.low, interval.high)
        order = order_of[model]
        rows.append((model, order, PAPER_PERPLEXITY[order], *(f"{n:.2f}" for n in numbers)))
    Table(
        title="Test perplexity",
        note=note,
        header=("Model", "Source", "Paper", "This run", "95 % from", "to"),
        rows=rows,
        columns=(
            *("model", "source_order", "paper_perplexity"),
            *("perplexity", "perplexity_low", "perplexity_high"),
        ),
        data=rows,
        text_columns=frozenset({0, 1}),
    ).write(output)
    log.info(f"{output[0]}: {len(rows)} models")


@app.command
def tabulate_throughput(
    *, metrics: list[Path], corpus: Path, note: str, output: list[Path]
) -> None:
    """Tabulate training throughput per device, from metrics.jsonl, beside the paper's.

    Args:
        metrics: a metrics.jsonl for each model.
        corpus: table of corpus statistics.
        note: says what data this is.
        output: .tsv and .html files.
    """
    both = _words_of_both(corpus)
    rows = list(PAPER_SPEEDS)
    for path in metrics:
        for speed in throughput.speeds_of(path):
            rate = speed.target_words_per_second
            cells = (f"{both * rate:.0f}", f"{rate:.0f}", f"{speed.seconds / 3600:.3f}")
            rows.append((path.parent.name, speed.device, *cells))
    Table(
        title="Training throughput",
        note=note,
        header=("Model", "Device", "Words/s, both languages", "Target words/s", "Hours"),
        rows=rows,
        columns=("model", "device", "words_per_second", "target_words_per_second", "hours"),
        data=rows,
        text_columns=frozenset({0, 1}),
    ).write(output)
    log.info(f"{output[0]}: {len(rows) - len(PAPER_SPEEDS)} trainings")


def _words_of_both(corpus: Path) -> float:
    """Source and target words per target word, as the paper counts throughput."""
    table = pd.read_csv(corpus, sep="\t", quoting=3)
    train = table[(table["step"] == "tokens") & (table["split"] == "train")]
    if sorted(train["side"]) != ["source", "target"]:
        raise UserError(f"{corpus}: has no tokens of the training corpus. Delete it and rerun.")
    source, target = (train[train["side"] == side] for side in ("source", "target"))
    return throughput.words_of_both(
        int(source["tokens"].iloc[0]), int(target["tokens"].iloc[0]), int(target["lines"].iloc[0])
    )


@app.command
def list_costs(*, benchmarks: Path, note: str, output: list[Path]) -> None:
    """Tabulate what the run's jobs took, rule by rule: seconds, processor seconds, memory.

    Args:
        benchmarks: folder of Snakemake's benchmark files.
        note: says what data this is.
        output: .tsv and .html files.
    """
    costs = measured_costs(benchmarks)
    formats = {"seconds": "{:.1f}", "cpu_seconds": "{:.1f}", "max_megabytes": "{:.0f}"}
    cells = costs.assign(**{name: costs[name].map(text.format) for name, text in formats.items()})
    rows = [tuple(map(str, row)) for row in cells.itertuples(index=False)]
    Table(
        title="Measured costs",
        note=note,
        header=("Stage", "Rule", "Jobs", "Seconds", "Processor seconds", "Highest memory, MB"),
        rows=rows,
        columns=list(costs.columns),
        data=rows,
        text_columns=frozenset({0, 1}),
    ).write(output)
    log.info(f"{output[0]}: {costs['jobs'].iloc[-1]} jobs")


@app.command
def count_parameters(*, models: list[Path], note: str, output: list[Path]) -> None:
    """Tabulate the models' parameters by part, beside the paper's 384M = 160 + 80 + 80 + 64.

    Args:
        models: a model.json for each.
        note: says what data this is.
        output: .tsv and .html files.
    """
    names: dict[tuple[int, ...], list[str]] = {}
    for path in models:
        counts = read_json(path)["parameters"]
        key = tuple(counts[part] for part in PAPER_PARAMETERS)
        names.setdefault(key, []).append(path.parent.name)
    columns = ("part", "paper", *(" ".join(alike) for alike in names.values()))
    numbers = [
        (paper, *(counts[place] for counts in names))
        for place, paper in enumerate(PAPER_PARAMETERS.values())
    ]
    parts = list(zip(PAPER_PARAMETERS, numbers, strict=True))
    Table(
        title="Parameters, part by part",
        note=note,
        header=columns,
        rows=[[part.replace("_", " "), *(f"{n:,}" for n in row)] for part, row in parts],
        columns=columns,
        data=[[part, *map(str, row)] for part, row in parts],
    ).write(output)
    totals = ", ".join(f"{counts[-1]:,}" for counts in names)
    paper = PAPER_PARAMETERS["total"]
    log.info(f"{output[0]}: {totals or 'no'} parameters; the paper has {paper:,}")


@app.command
def tabulate_ablation(
    *,
    models: list[Path],
    hypotheses: list[Path],
    log_probabilities: Path,
    source_tokens: Path,
    reference_tokens: Path,
    length_buckets: int,
    seed: int,
    note: str,
    designs: list[Path],
    effects: list[Path],
) -> None:
    """Tabulate what source order, depth and cell are worth: the models, and each change.

    Args:
        models: a model.json for each.
        hypotheses: of each model, of the test set.
        log_probabilities: from score-perplexity.
        length_buckets: parts of the test set by source length; the first and last are scored.
        seed: for the resampled test sets.
        note: says what data this is.
        designs: .tsv, .md, .tex and .html files.
        effects: .tsv, .md, .tex and .html files.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    references = [reference for _, reference in pairs]
    scores = read_log_probabilities(log_probabilities)
    measured = []
    for path, translated in zip(models, hypotheses, strict=True):
        name, model = path.parent.name, read_json(path)
        measured.append(
            ablation.Measured(
                name=name,
                design=ablation.Design.of(model["fingerprint"]),
                parameters=model["parameters"]["total"],
                dev_perplexity=model["provenance"]["dev_perplexity"],
                dev_bleu=model["provenance"]["dev_bleu"],
                counts=corpus_counts(best_translations(translated, len(pairs)), references),
                log_probabilities=scores[name],
            )
        )
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    found = ablation.compare_designs(measured, lengths, buckets=length_buckets, seed=seed)
    designs_table(found, note=note).write(designs)
    effects_table(found, note=note).write(effects)
    log.info(f"{designs[0]}: {len(measured)} models; {effects[0]}: what differs")


@app.command
def evaluate_claims(
    *,
    claims_table: Path,
    source_tokens: Path,
    reference_tokens: Path,
    outputs: list[str],
    log_probabilities: list[Path],
    quoted: list[str],
    measurements: list[str],
    slope_max_length: int,
    bucket_size: int,
    seed: int,
    note: str,
    output: list[Path],
) -> None:
    """Test every claim of config/claims.tsv on this run.

    Args:
        claims_table: the claims and their tests.
        outputs: NAME=FILE.
        log_probabilities: from score-perplexity.
        quoted: the paper's numbers that apply to this test set.
        measurements: NAME=FILE.
        slope_max_length: words; longer sentences are left out of the slope test.
        bucket_size: sentences per bucket, as in Figure 3.
        seed: for the resampled test sets.
        note: says what data this is.
        output: .tsv, .md and .html files.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    references = [reference for _, reference in pairs]
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    measured = {
        file.label: read_number(file.path, file.label.partition("#")[2])
        for file in map(labelled_file, measurements)
    }
    evidence = claims.Evidence(
        source_lengths=lengths,
        short=shorter_than(slope_max_length, lengths, bucket_size=bucket_size),
        counts={
            file.label: corpus_counts(best_translations(file.path, len(pairs)), references)
            for file in map(labelled_file, outputs)
        },
        log_probabilities={
            name: scores
            for path in log_probabilities
            for name, scores in read_log_probabilities(path).items()
        },
        quoted=frozenset(quoted),
        measured={place: number for place, number in measured.items() if number is not None},
    )
    results = claims.evaluate_claims(read_claims(claims_table), evidence, seed=seed)
    _claims_table(results, note=note).write(output)
    log.info(f"{output[0]}: {len(results)} claims, {summary(results)}")


_claims_table = claims_table  # the parameter above has its name


@app.command
def list_deviations(
    *, paper: str, settings: str, remarks: Path, note: str, output: list[Path]
) -> None:
    """List what the run does otherwise than the paper, with the effect where it was measured.

    Args:
        paper: the paper's settings, JSON.
        settings: the run's settings, JSON.
        remarks: known deviations, a table.
        note: says what data this is.
        output: .tsv, .md and .html files.
    """
    kinds: dict[deviations.Kind, str] = {
        "changed": "changed by this experiment",
        "standing": "cannot be as in the paper",
        "open": "open in the paper",
    }
    found = deviations.list_deviations(
        *(json.loads(paper), json.loads(settings), deviations.read_remarks(remarks))
    )
    counts = Counter(deviation.kind for deviation in found)
    Table(
        title="Deviations from the paper",
        note=note,
        header=("Setting", "Kind", "The paper", "This run", "What it means", "Effect"),
        rows=[(one.key, kinds[one.kind], *astuple(one)[2:]) for one in found],
        columns=("kind", *(name for name in deviations.COLUMNS if name != "when")),
        data=[astuple(one) for one in found],
        text_columns=frozenset(range(6)),
        remarks=[", ".join(f"{counts[kind]} {name}" for kind, name in kinds.items()) + "."],
    ).write(output)
    log.info(f"{output[0]}: {len(found)} deviations, {counts['changed']} of this experiment")


@app.command
def write_certificate(
    *,
    settings: str,
    reference_tokens: Path,
    reference_text: Path,
    outputs: list[str],
    metrics: list[Path],
    files: list[Path],
    output: Path,
) -> None:
    """Write the run's certificate, which `seq2seq verify` checks: what was made, of what, scores.

    Args:
        settings: of the whole run, JSON.
        outputs: NAME=FILE, the hypotheses.
        metrics: of the models' trainings.
        files: what else is to be checked.
        output: the certificate, in the results folder.
    """
    folder = output.parent
    configuration = json.loads(settings)
    hypotheses = {
        file.label: str(Path(file.path).relative_to(folder)) for file in map(labelled_file, outputs)
    }
    references = [str(path.relative_to(folder)) for path in (reference_tokens, reference_text)]
    scores = {name: folder / "evaluate" / f"{name}.json" for name in hypotheses}
    checked = {*files, *metrics, *scores.values()}
    checked |= {folder / path for path in (*references, *hypotheses.values())}
    certificate: dict[str, Any] = {
        "format": manifest.FORMAT,
        "experiment": configuration["experiment"],
        "code": asdict(environment.code_at(Path(__file__).parent)),
        "configuration": configuration,
        "configuration_sha256": manifest.settings_digest(configuration),
        "seeds": manifest.seeds_of(configuration),
        "packages": environment.package_versions(),
        "machine": asdict(environment.this_machine()),
        "trained_on": throughput.places_of(metrics),
        "references": asdict(manifest.References(*references)),
        "outputs": {
            name: {"hypotheses": path, "score": read_json(scores[name])}
            for name, path in hypotheses.items()
        },
        "files": {
            str(path.relative_to(folder)): manifest.fingerprint(path)
            for path in with_progress(
                sorted(checked), "checksums", total=len(checked), unit="files"
            )
        },
    }
    write_json(output, certificate)
    log.info(f"{output}: {len(hypotheses)} outputs, {len(checked)} files")


main_of(app, __name__)
