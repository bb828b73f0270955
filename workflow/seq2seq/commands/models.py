"""What programs for people load: the models named on the command line, with their vocabularies."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.data.tokenizer import split
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary
from seq2seq.errors import UserError
from seq2seq.inference.model_folder import VOCABULARIES, Languages, read_ensemble, read_languages
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TrainedModel
from seq2seq.model.device import best_device


@dataclass(frozen=True)
class Ensemble:
    """Models of one pair of languages and with the same vocabularies."""

    models: list[TrainedModel]
    source: Vocabulary
    target: Vocabulary
    languages: Languages

    @property
    def names(self) -> list[str]:
        return [model.name for model in self.models]

    def at_precision(self, precision: str) -> "Ensemble":
        return replace(self, models=[at_precision(model, precision) for model in self.models])


def load_ensemble(folders: list[Path]) -> Ensemble:
    """Read the folders.

    Raises:
        UserError: no model in a folder, models that do not go together, or two of one name.
    """
    folders = [folder.resolve() for folder in folders]  # `.` has a name as well
    models = read_ensemble(folders, best_device())
    names = [folder.name for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"Two models are called {name}: give each once, or rename a folder.")
    languages = {folder: read_languages(folder) for folder in folders}
    for folder, found in languages.items():
        if found != languages[folders[0]]:
            raise UserError(
                f"{folder} translates {found.source} to {found.target}, another pair of languages "
                f"than {folders[0]}: give models of one pair."
            )
    return Ensemble(
        models=models,
        source=read_vocabulary(folders[0] / VOCABULARIES["source"]),
        target=read_vocabulary(folders[0] / VOCABULARIES["target"]),
        languages=languages[folders[0]],
    )


def word_numbers(tokens: str, vocabulary: Vocabulary) -> NDArray[np.int32]:
    """A line of tokens as the networks take it."""
    return np.array(vocabulary.encode(split(tokens)), dtype=np.int32)
