"""Reads phrases into a model's encoder and keeps its last states (for the paper's Figure 2)."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from seq2seq.config.loading import from_json
from seq2seq.config.schema import PhrasePanelSettings, PhrasePlotSettings
from seq2seq.data.tokenizer import split, tokenize
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary
from seq2seq.evaluation.phrase_file import EncodedPhrases, Phrase, write_encoded
from seq2seq.inference.model_folder import VOCABULARIES, read_languages, read_model
from seq2seq.inference.sentence_vectors import sentence_vectors
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import run, say
from seq2seq.special_tokens import UNK_ID


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="PhrasePlotSettings as JSON")
    parser.add_argument("--model", type=Path, required=True, help="a model's folder")
    parser.add_argument("--output", required=True, help="phrases and states, .npz")
    arguments = parser.parse_args()
    model = read_model(arguments.model, best_device())
    vocabulary = read_vocabulary(arguments.model / VOCABULARIES["source"])
    language = read_languages(arguments.model).source
    panels = from_json(PhrasePlotSettings, arguments.settings).panels
    phrases = [phrase for panel in panels for phrase in _phrases(panel, vocabulary, language)]
    ids = [vocabulary.encode(split(tokenize(phrase.text, language))) for phrase in phrases]
    states = sentence_vectors(model, [np.array(words, dtype=np.int32) for words in ids])
    write_encoded(arguments.output, EncodedPhrases(model.name, tuple(phrases), states))
    unknown = sorted({token for phrase in phrases for token in phrase.unknown})
    if unknown:
        say(f"{model.name} does not know: {' '.join(unknown)}")
    say(f"{len(phrases)} phrases, {states.shape[1]:,} numbers each, in {arguments.output}")


def _phrases(panel: PhrasePanelSettings, vocabulary: Vocabulary, language: str) -> Iterator[Phrase]:
    for meaning, phrases in enumerate(panel.meanings):
        for construction, (text, voice) in enumerate(zip(phrases, panel.voices, strict=True)):
            tokens = split(tokenize(text, language))
            unknown = tuple(t for t in tokens if UNK_ID in vocabulary.encode([t]))
            yield Phrase(panel.title, meaning, construction, voice, text, unknown)


if __name__ == "__main__":
    run(main)
