"""A results folder as a finished run leaves it, small and made up, for tests of the results page."""

import json
from pathlib import Path

from cli_runner import REPOSITORY, Workbench, tiny_settings
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import load_settings
from seq2seq.io.files import write_json, write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses

ODD = "Baseline <b>System</b> & co [29]"  # must be escaped everywhere
SENTENCES = (
    ("one two three four .", "un deux trois quatre ."),
    ("three .", "trois ."),
    ("four five six .", "quatre cinq six ."),
)
CLAIMS = """\
id|section|family|claim|verdict|value|low|high|p_value|p_holm|threshold|unit|paper_value|effect_share|test|sides|scope|power|effect_to_find|effect_to_find_is
reversal-bleu|3.3|primary|Reversing helps.|supported|2|1|3|0.01|0.04|0|BLEU|4|0.5|Above 0.|2|trainings|0.91|4|the paper's
ensemble-5|3.6|primary|Five beat one.|contradicted|-1|-2|-0.5|0.01|0.04|0|BLEU|4.22|-0.24|x|1|these models|||
order|3.8|exploratory|Order <i>is</i> kept.|inconclusive|1.1|||0.5||1|times|||Ratio above 1.|1|these models|||
depth|3.4|exploratory|Deep wins.|not tested||||||1|times|1.37||x|2||||
slope|3.7|exploratory|No fall.|not testable at this size|-3|-5|-2|||-1|BLEU|||x|1||||"""  # noqa: E501
TABLES = {
    "claims": [line.replace("|", "\t") for line in CLAIMS.splitlines()],
    "deviations": [
        "kind\tkey\tpaper\trun\tmeaning\teffect",
        *(f"changed\ttrain.clip_norm{k}\t5\t{k}\tNorm.\tunmeasured" for k in range(6)),
        "changed\tmodel.layers\t4\t2\tAnother depth.\tunmeasured",
        "changed\tdata.train\tWMT\ttoy-train\tAnother corpus.\tunmeasured",
    ],
    "corpus": [
        "step\tsplit\tside\tlines\ttokens\ttypes\tunknown_rate\tsha256",
        *(f"ids\t{split}\t{side}\t{n}\t90\t9\t0.0\tx"
          for split, n in (("train", 1234), ("test", 3)) for side in ("source", "target")),
    ],
    "perplexity": ["model\tsource_order\tperplexity\tperplexity_low\tperplexity_high",
                   "forward-1\tforward\t7.5\t7\t8"],
    "parameters": ["part\tpaper\tforward-1", "softmax\t80000000\t100"],
    "speed": ["model\tdevice\twords_per_second\thours", "paper\tone GPU\t1700\t"],
    "costs": ["stage\trule\tjobs\tseconds\tcpu_seconds\tmax_megabytes",
              "train\ttrain_segment\t2\t60\t60\t300", "all\t\t2\t75\t60\t300"],
    "precision": [
        "epoch\tmodel\tdevice\tperplexity\tbleu\ttarget_words_per_second",
        "0.5\treversed-1-fp32\tCPU, fp32\t9.123\t20.00\t100",
    ],
    "bleu_variants": ["system\tway\tscore", "one\tas in 2014\t20.00", "one\t13a\t19.50"],
    "ablation": ["model\tbleu", "forward-1\t20.0"],
    "ablation_effects": ["change\tbleu_difference", "reversing\t1.5"],
}  # fmt: skip
BUCKETS = ["1\t2\t30.5\t28\t33", "2\t4\t25\t20\t31"]
SWEEP = (
    "models\tset\tchoice\tweight\thypotheses\tbleu\tbleu_low\tbleu_high\tgain\tgain_low\tgain_high"
)


def toy_experiment(**data: object) -> Experiment:
    """The settings of the workflow's small run, with a name that HTML would interpret."""
    tiny = tiny_settings(Workbench(REPOSITORY))
    tiny["tables"]["table1"][1]["system"] = ODD
    tiny["data"] |= data
    return Experiment(load_settings(tiny))


def score(bleu: float) -> dict[str, object]:
    return {"bleu": bleu, "bleu_low": bleu - 1, "bleu_high": bleu + 1, "signature": "x"}


def write_results(folder: Path, experiment: Experiment) -> Path:
    """Every file that the page reads; BLEU of the baseline is 20, of other outputs 21, 22, ..."""
    for name, lines in TABLES.items():
        write_lines(folder / f"tables/{name}.tsv", lines)
    header = "system\tcompared_with\tbleu_difference\tlow\thigh\tp_bootstrap\tp_randomization"
    for table in experiment.tables:
        lines = [header, "two\tone\t-1.00\t-2.00\t0.50\t0.1\t0.2"]
        write_lines(folder / f"tables/{table}.significance.tsv", lines)
    for number, path in enumerate(dict.fromkeys(experiment.scores_of(experiment.rows))):
        name = path.removeprefix(f"{experiment.results}/")
        write_json(folder / name, score(20 + number))
    for model in experiment.trained_models:
        write_lines(folder / f"models/{model}/metrics.jsonl", learning_curve(model))
    for figure, bounds in (("lengths", "shortest\tlongest"), ("rarity", "most_frequent\trarest")):
        head = f"system\tsentences\t{bounds}\tbleu\tbleu_low\tbleu_high"
        rows = [f"{name}\t2\t{row}" for name in ("LSTM", "baseline") for row in BUCKETS]
        write_lines(folder / f"figures/{figure}.tsv", [head, *rows])
    slope = {"per_ten_words": -1.5, "interval": {"low": -2.5, "high": -0.5}}
    slopes = {"below": 35, "systems": {"LSTM": slope, "baseline": None}}
    write_json(folder / "figures/lengths.json", slopes)
    rows = [f"who\t{k % 2 + 1}\t{'passive' if k == 3 else 'active'}\tphrase {k}\t\t{k}\t{-k}"
            for k in range(4)]  # fmt: skip
    write_lines(
        folder / "figures/phrases.tsv", ["panel\tmeaning\tvoice\tphrase\tunknown\tx\ty", *rows]
    )
    panel = {"title": "who", "ratio": 1.25, "test": {"p_value": 0.1},
             "distances": {"voice": 2.0, "word_order": 4.0}}  # fmt: skip
    write_json(folder / "figures/phrases.json", {"panels": [panel], "all_panels": {"p_value": 0.2}})
    sweep = [f"{models}\ttest\t{choice}\t{weight}\t{size}\t{20 + weight}\t19\t22\t{weight}\t0\t1"
             for models, choice, weight, size in (
                 ("forward-1", "by weight", 0, 5), ("forward-1", "by weight", 1, 5),
                 ("forward-1", "by size", 0.5, 1), ("forward-1", "by size", 0.5, 5),
                 ("", "oracle", 1, 1), ("", "oracle", 1, 5))]  # fmt: skip
    for name in ("rescoring", "rescoring_points"):
        write_lines(folder / f"tables/{name}.tsv", [SWEEP, *sweep])
    write_lines(folder / "data/text/test.source.txt", [source for source, _ in SENTENCES])
    write_lines(folder / "data/tokens/test.source.txt", [source for source, _ in SENTENCES])
    write_lines(folder / "data/tokens/test.target.txt", [target for _, target in SENTENCES])
    for label_and_file in experiment.outputs(experiment.compared):
        path = folder / label_and_file.partition("=")[2].removeprefix(f"{experiment.results}/")
        wrong = "baseline" in path.parts
        texts = [
            "<faux> deux trois quatre ." if wrong and k == 0 else text
            for k, (_, text) in enumerate(SENTENCES)
        ]
        write_hypotheses(
            path, ("x",), [Hypothesis(k, 1, (0.0,), text) for k, text in enumerate(texts)]
        )
    write_json(folder / "certificate.json", {})
    return folder


def learning_curve(model: str) -> list[str]:
    """Two evaluations, with training records between; the rate is halved once."""
    train = {"kind": "train", "words": 9, "seconds": 1}
    records = [
        train | {"epoch": 0.25, "loss_per_word": 3, "learning_rate": 1},
        {"kind": "dev", "epoch": 0.5, "perplexity": 9 if model == "forward-1" else 6, "bleu": 10},
        train | {"epoch": 0.75, "loss_per_word": 2, "learning_rate": 0.5},
        {"kind": "dev", "epoch": 1.0, "perplexity": 7 if model == "forward-1" else 5, "bleu": 20},
    ]
    return list(map(json.dumps, records))
