"""The nine features of the log-linear model, their order and their weights.

The features and where tuning starts from are those of the customary phrase-based set-up: four
translation scores, one count of phrases, the language model, one count of words, linear distortion,
and a last resort for words never seen.  A hypothesis' total is the weighted sum of its features.
"""

from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.io.files import read_json, write_json

FEATURES = (
    "phrase_inverse",  # log phi(source | target)
    "lexical_inverse",  # log lex(source | target)
    "phrase_direct",  # log phi(target | source)
    "lexical_direct",  # log lex(target | source)
    "phrase_penalty",  # +1 a phrase
    "language_model",  # natural log
    "word_penalty",  # -1 a target word
    "distortion",  # minus the words jumped over
    "unknown",  # -100 a source word that passes through unchanged
)
TRANSLATION_SCORES = 4
LANGUAGE_MODEL = FEATURES.index("language_model")
DISTORTION = FEATURES.index("distortion")
UNKNOWN = FEATURES.index("unknown")
UNKNOWN_VALUE = -100.0

START_WEIGHTS = (0.2, 0.2, 0.2, 0.2, 0.2, 0.5, -1.0, 0.3, 1.0)
TUNED = tuple(index for index in range(len(FEATURES)) if index != UNKNOWN)


@dataclass(frozen=True)
class TuningRound:
    """One decoding of the development set: its BLEU (0 to 1) with the weights used for it."""

    bleu: float
    weights: tuple[float, ...]


def phrase_features(
    translation_scores: tuple[float, ...], target_words: int, *, unknown: bool
) -> tuple[float, ...]:
    """What a phrase pair contributes wherever it stands: language model and distortion are zero."""
    last_resort = UNKNOWN_VALUE if unknown else 0.0
    return (*translation_scores, 1.0, 0.0, -float(target_words), 0.0, last_resort)


def write_weights(path: str | Path, weights: tuple[float, ...], rounds: list[TuningRound]) -> None:
    """Write the weights by name, and beside them how tuning went."""
    history = [{"bleu": one.bleu, "weights": _named(one.weights)} for one in rounds]
    write_json(path, {"weights": _named(weights), "rounds": history})


def _named(weights: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(FEATURES, weights, strict=True))


def read_weights(path: str | Path) -> tuple[float, ...]:
    """The weights in the order of ``FEATURES``.

    Raises:
        UserError: a weight is missing, unknown or no number.
    """
    content = read_json(path)
    named = content.get("weights") if isinstance(content, dict) else None
    if not isinstance(named, dict) or set(named) != set(FEATURES):
        raise UserError(
            f"{path}: must hold `weights` with exactly the features {', '.join(FEATURES)}. "
            "Tune the baseline anew."
        )
    if not all(isinstance(value, int | float) for value in named.values()):
        raise UserError(f"{path}: every weight must be a number. Tune the baseline anew.")
    return tuple(float(named[name]) for name in FEATURES)
