"""`make docs-tutorial`: the numbers of a finished demo, between the marks of docs/tutorial.md."""

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
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.model_folder import read_model
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import read_hypotheses
from seq2seq.special_tokens import EOS, EOS_ID, SIDES
from seq2seq.training.batches import source_batch, target_batch

SENTENCE = "Yesterday, the women looked for the man."
FIVE = [f"reversed-{seed}" for seed in range(1, 6)]
SYSTEMS = {"forward": ["forward-1"], "reversed": ["reversed-1"], "ensemble of 5": FIVE}


def read_run(results):
    raw = list(read_lines(results / "data/text/test.source.txt"))
    if SENTENCE not in raw:
        sys.exit(f"error: {results}: its test set lacks {SENTENCE!r}. Give a run of the demo.")
    run = SimpleNamespace(results=results, number=raw.index(SENTENCE), words={}, vocab={}, ids={})
    for side in SIDES:
        lines = list(read_lines(results / f"data/tokens/test.{side}.txt"))
        run.words[side] = lines[run.number].split()
        run.vocab[side] = read_vocabulary(results / f"data/vocabulary/{side}.tsv")
        run.ids[side] = np.array(run.vocab[side].encode(run.words[side]), np.int32)
    run.models = lambda names: [read_model(results / "models" / name, "cpu") for name in names]
    return run


def table(*rows):
    cells = [[f"{one:.2f}" if isinstance(one, float) else str(one) for one in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in [cells[0], ["---"] * len(cells[0]), *cells[1:]]]


def token_ids(run):
    read = source_batch([run.ids["source"]], "reversed")[:, 0].tolist()
    rows = run.words | {f"{side} ids": run.ids[side] for side in SIDES}
    rows |= {"encoder reads": run.vocab["source"].decode(read), "as ids": read}
    return [
        "```text",
        *(f"{name:14} {' '.join(map(str, row))}" for name, row in rows.items()),
        "```",
    ]


@torch.inference_mode()
def surprisal(run):
    targets, columns = [*run.ids["target"].tolist(), EOS_ID], []
    for names in SYSTEMS.values():
        p_TV = torch.zeros(())
        for model in run.models(names):
            state = model.network.encode(source_batch([run.ids["source"]], model.source_order))
            outputs, _ = model.network.decode(target_batch([[EOS_ID, *targets[:-1]]]), state)
            p_TV = p_TV + model.network.logits(outputs[:, 0]).double().softmax(dim=1) / len(names)
        columns.append((-p_TV[range(len(targets)), targets].log2()).tolist())
    rows = zip([*run.words["target"], f"`{EOS}`"], *columns, strict=True)
    return table(("word", *SYSTEMS), *rows, ("sum", *map(sum, columns)))


def beams(run):
    models, rows = run.models(["reversed-1"]), [("step", "in the beam, log p", "finished, log p")]
    for step in range(1, 2 * len(run.ids["source"]) + 11):  # the limit of `translate`
        cells = {False: [], True: []}
        for one in beam_search(models, [run.ids["source"]], beam=2, nbest=2, max_words=[step])[0]:
            text = " ".join(run.vocab["target"].decode(one.words))
            cells[one.complete].append(f"{text} ({one.log_probability:.2f})")
        rows.append((step, *map("<br>".join, cells.values())))
        if not cells[False]:
            break
    return table(*rows)


def systems(run):
    rows = [
        (
            "system",
            "its translation",
            "log p",
            "log p by each model",
            "test set's BLEU",
            "as the reference",
        )
    ]
    references = list(read_lines(run.results / "data/tokens/test.target.txt"))
    for system, names in SYSTEMS.items():
        folders = [f"--model={run.results / 'models' / name}" for name in names]
        command = [sys.executable, "-m", "seq2seq", "translate", *folders, "--format=json"]
        answer = subprocess.run(command, input=SENTENCE.encode(), stdout=-1, check=True).stdout
        best = json.loads(answer)["translations"][0]
        counts = file_counts(run.results / f"translations/{'+'.join(names)}.beam12.tsv", references)
        each = ", ".join(f"{score:.2f}" for score in best["model_log_probabilities"])
        tokens = read_lines(run.results / f"translations/{'+'.join(names)}.beam12.tok")
        equal = sum(map(str.__eq__, tokens, references))
        score = bleu_2014(counts).score
        rows.append((system, best["text"], best["log_probability"], each, score, equal))
    return table(*rows)


def rescoring(run):
    file = run.results / f"rescore/{'+'.join(FIVE)}.tsv.gz"
    found = [row for row in read_hypotheses(file).rows if row.sentence == run.number]
    listed = sorted(found, key=lambda row: -row.scores[0])  # as the baseline did
    rows = [("baseline's rank", "baseline", "mean log p", "average", "hypothesis")]
    rows += ((1 + listed.index(row), *row.scores, row.tokens) for row in [*listed[:3], found[0]])
    return table(*dict.fromkeys(rows))


def verdicts(run):
    claims = pd.read_csv(run.results / "tables/claims.tsv", sep="\t", index_col="id")
    columns = ["value", "low", "high", "paper_value", "verdict"]
    chosen = claims.loc[["reversal-bleu", "ensemble-5", "rescoring-ensemble"], columns]
    return table(("claim", *columns), *chosen.itertuples())


if __name__ == "__main__":
    run, page = read_run(Path(sys.argv[1])), Path(sys.argv[2])
    text = page.read_text(encoding="utf-8")
    for block in (token_ids, surprisal, beams, systems, rescoring, verdicts):
        before, begin, rest = text.partition(f"<!-- {block.__name__}:begin -->")
        _, end, after = rest.partition(f"<!-- {block.__name__}:end -->")
        assert end, f"{page}: has no block {block.__name__}"
        text = "\n\n".join([before + begin, "\n".join(block(run)), end + after])
    write_lines(page, text.removesuffix("\n").split("\n"))
