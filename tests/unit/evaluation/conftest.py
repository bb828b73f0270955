"""What two systems and their ensemble did on 240 made-up sentences."""

import math

import numpy as np
import pytest

from claim_evidence import BEST, FORWARD, REVERSED, SENTENCES, WORDS, noisy_translations
from seq2seq.evaluation.bleu import corpus_counts
from seq2seq.evaluation.buckets import shorter_than
from seq2seq.evaluation.claims import Evidence
from seq2seq.evaluation.perplexity import LogProbabilities


@pytest.fixture(scope="module")
def references() -> list[str]:
    generator = np.random.default_rng(1)
    return [" ".join(generator.choice(WORDS, generator.integers(4, 30))) for _ in range(SENTENCES)]


@pytest.fixture(scope="module")
def outputs(references: list[str]) -> dict[str, list[str]]:
    return {
        FORWARD: noisy_translations(0.7, references, seed=2),
        REVERSED: noisy_translations(0.85, references, seed=3),
        BEST: noisy_translations(0.9, references, seed=4),
    }


@pytest.fixture(scope="module")
def evidence(references: list[str], outputs: dict[str, list[str]]) -> Evidence:
    words = np.array([len(line.split(" ")) + 1 for line in references])
    noise = np.random.default_rng(5).normal(0, 0.3, size=SENTENCES)
    lengths = [len(line.split(" ")) for line in references]
    return Evidence(
        source_lengths=lengths,
        short=shorter_than(35, lengths, bucket_size=40),
        counts={name: corpus_counts(lines, references) for name, lines in outputs.items()},
        log_probabilities={
            "forward-1": LogProbabilities(words, -words * (math.log(5.8) + noise)),
            "reversed-1": LogProbabilities(words, -words * (math.log(4.7) + noise)),
        },
        quoted=frozenset({"37.0"}),
        measured={"x.json#a": 3.0, "x.json#b": 2.0, "x.json#small": 0.01, "x.json#large": 0.1},
    )
