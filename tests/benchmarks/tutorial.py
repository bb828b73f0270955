"""`make docs-tutorial`: the numbers of docs/tutorial.md, from a finished run of the demo.

A block of the page between `<!-- NAME:begin -->` and `<!-- NAME:end -->` is what function NAME returns.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch

from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import bleu_2014, file_counts
from seq2seq.evaluation.rescoring import average, scored_lists
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.model_folder import read_model
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import read_hypotheses, read_parts
from seq2seq.special_tokens import EOS, EOS_ID, SIDES
from seq2seq.training.batches import source_batch, target_batch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
SENTENCE = "She gave him a card in the park."
FIVE = [f"reversed-{seed}" for seed in range(1, 6)]
SYSTEMS = {"forward": ["forward-1"], "reversed": ["reversed-1"], "ensemble of 5": FIVE}
CLAIMS = ("reversal-bleu", "ensemble-5", "rescoring-ensemble")


def read_run(results: Path) -> SimpleNamespace:
    raw = list(read_lines(results / "data/text/test.source.txt"))
    if SENTENCE not in raw:
        sys.exit(f"error: {results}: its test set lacks {SENTENCE!r}. Give a run of the demo.")
    run = SimpleNamespace(
        results=results, number=raw.index(SENTENCE), words={}, vocabulary={}, ids={}
    )
    for side in SIDES:
        words = list(read_lines(results / f"data/tokens/test.{side}.txt"))[run.number].split()
        run.vocabulary[side] = read_vocabulary(results / f"data/vocabulary/{side}.tsv")
        run.words[side] = words
        run.ids[side] = np.array(run.vocabulary[side].encode(words), np.int32)
    return run


def read_models(run, names):
    return [read_model(run.results / "models" / name, torch.device("cpu")) for name in names]


def table(*rows):
    cells = [[f"{one:.2f}" if isinstance(one, float) else str(one) for one in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in [cells[0], ["---"] * len(cells[0]), *cells[1:]]]


def token_ids(run):
    read = source_batch([run.ids["source"]], "reversed")[:, 0].tolist()
    rows = {side: run.words[side] for side in SIDES}
    rows |= {f"{side} ids": run.ids[side] for side in SIDES}
    rows |= {"encoder reads": run.vocabulary["source"].decode(read), "as ids": read}
    lines = (f"{name:14} {' '.join(map(str, row))}" for name, row in rows.items())
    return ["```text", *lines, "```"]


@torch.inference_mode()
def surprisal(run):
    targets, columns = torch.tensor([*run.ids["target"].tolist(), EOS_ID]), []
    for names in SYSTEMS.values():
        p_TV = torch.zeros(())
        for model in read_models(run, names):
            state = model.network.encode(source_batch([run.ids["source"]], model.source_order))
            outputs, _ = model.network.decode(target_batch([[EOS_ID, *run.ids["target"]]]), state)
            p_TV = p_TV + model.network.logits(outputs[:, 0]).double().softmax(dim=1) / len(names)
        columns.append((-p_TV.gather(1, targets[:, None])[:, 0].log2()).tolist())
    rows = zip([*run.words["target"], EOS], *columns, strict=True)
    return table(("word", *SYSTEMS), *rows, ("sum", *map(sum, columns)))


def beams(run):
    models, rows = (
        read_models(run, ["reversed-1"]),
        [("step", "in the beam, log p", "finished, log p")],
    )
    for step in range(1, 2 * len(run.ids["source"]) + 11):  # the limit of `translate`
        cells = {False: [], True: []}
        for one in beam_search(models, [run.ids["source"]], beam=2, nbest=2, max_words=[step])[0]:
            text = " ".join(run.vocabulary["target"].decode(one.words))
            cells[one.complete].append(f"{text} ({one.log_probability:.2f})")
        rows.append((step, *map("<br>".join, cells.values())))
        if not cells[False]:
            break
    return table(*rows)


def systems(run):
    rows = [("system", "its translation", "log p", "log p by each model", "test set's BLEU")]
    references = list(read_lines(run.results / "data/tokens/test.target.txt"))
    for system, names in SYSTEMS.items():
        folders = [f"--model={run.results / 'models' / name}" for name in names]
        command = [sys.executable, "-m", "seq2seq", "translate", *folders, "--format=json"]
        done = subprocess.run(
            command, input=SENTENCE, stdout=subprocess.PIPE, text=True, check=True
        )
        best = json.loads(done.stdout)["translations"][0]
        counts = file_counts(run.results / f"translations/{'+'.join(names)}.beam12.tsv", references)
        each = ", ".join(f"{score:.2f}" for score in best["model_log_probabilities"])
        rows.append((system, best["text"], best["log_probability"], each, bleu_2014(counts).score))
    return table(*rows)


def rescoring(run):
    parts = [path for name in FIVE for path in run.results.glob(f"rescore/scores/{name}.test.*")]
    nbest = read_hypotheses(run.results / "baseline/nbest.test.tsv.gz")
    one = next(
        x for x in scored_lists(nbest, read_parts(sorted(parts))) if x.sentence == run.number
    )
    columns = [one.weighted(average(FIVE, weight)).tolist() for weight in (0.0, 1.0, 0.5)]
    ranked = list(zip(range(1, 1 + len(one.tokens)), *columns, one.tokens, strict=True))
    best = max(ranked, key=lambda row: row[3])
    header = ("baseline's rank", "baseline", "mean log p", "average", "hypothesis")
    return table(header, *ranked[:3], *([best] if best[0] > 3 else []))


def verdicts(run):
    claims = pd.read_csv(run.results / "tables/claims.tsv", sep="\t", index_col="id")
    columns = ["value", "low", "high", "paper_value", "verdict"]
    return table(("claim", *columns), *([name, *claims.loc[name, columns]] for name in CLAIMS))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="such as results/demo")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    run, text = read_run(given.results), given.page.read_text(encoding="utf-8")
    for block in (token_ids, surprisal, beams, systems, rescoring, verdicts):
        before, begin, rest = text.partition(f"<!-- {block.__name__}:begin -->")
        _, end, after = rest.partition(f"<!-- {block.__name__}:end -->")
        assert end, f"{given.page}: has no block {block.__name__}"
        text = "\n\n".join([before + begin, "\n".join(block(run)), end + after])
    write_lines(given.page, text.removesuffix("\n").split("\n"))
