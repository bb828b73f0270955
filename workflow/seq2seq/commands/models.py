"""Load the models named on the command line, with their vocabularies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seq2seq.data.tokenizer import detokenize, tokenize
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary, split
from seq2seq.errors import UserError
from seq2seq.inference.model_folder import VOCABULARIES, Languages, read_ensemble, read_languages
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.model.device import best_device


@dataclass(frozen=True)
class Ensemble:
    """Models with the same languages and vocabularies."""

    models: list[TrainedModel]
    source: Vocabulary
    target: Vocabulary
    languages: Languages

    def at_precision(self, precision: str) -> "Ensemble":
        return replace(self, models=[at_precision(model, precision) for model in self.models])

    def tokenize(self, line: str) -> str:
        return tokenize(line, self.languages.source, self.languages.tokenizer)

    def source_ids(self, tokens: str) -> TokenIds:
        return np.array(self.source.encode(split(tokens)), dtype=np.int32)

    def log_probabilities(
        self, sources: list[TokenIds], words: list[TokenIds], source_index: np.ndarray, batch: int
    ) -> np.ndarray:
        """Of each translation under each model, ``<EOS>`` included: [translations, models]."""
        scored = (
            trie_log_probabilities(model, sources, words, source_index, batch_size=batch)
            for model in self.models
        )
        return np.stack(list(scored), axis=1)

    def scores_of_translations(
        self, sources: Sequence[TokenIds], translations: Sequence[Sequence[Sequence[int]]]
    ) -> list[list[float]]:
        """Those of each source in turn, under each model; an empty source has scores of 0."""
        words = [np.array(one, dtype=np.int32) for several in translations for one in several]
        source_index = np.repeat(np.arange(len(sources)), list(map(len, translations)))
        scores = self.log_probabilities(list(sources), words, source_index, len(words))
        scores[[len(sources[index]) == 0 for index in source_index.tolist()]] = 0.0
        return scores.tolist()

    def text(self, words: Sequence[int]) -> str:
        """Plain text of a translation's token ids."""
        tokens = " ".join(self.target.decode(words))
        return detokenize(tokens, self.languages.target, self.languages.tokenizer)

    def target_ids(self, tokens: str) -> TokenIds:
        return np.array(self.target.encode(split(tokens)), dtype=np.int32)


def load_ensemble(folders: list[Path]) -> Ensemble:
    folders = [folder.resolve() for folder in folders]  # so that `.` has a name
    models = read_ensemble(folders, best_device())
    names = [folder.name for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"Two models are called {name}. Give each once, or rename a folder.")
    languages = [read_languages(folder) for folder in folders]
    for folder, found in zip(folders, languages, strict=True):
        if found != languages[0]:
            raise UserError(
                f"{folder} translates {found.source} to {found.target}, but {folders[0]} another "
                "language pair. Give models of one pair."
            )
    source, target = (read_vocabulary(folders[0] / VOCABULARIES[s]) for s in ("source", "target"))
    return Ensemble(models, source, target, languages[0])
