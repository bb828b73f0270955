"""The disk that a run fills, stage by stage, told from the configuration."""

from collections.abc import Mapping

from seq2seq.config.schema import Settings
from seq2seq.planning.loads import Amounts, Shape
from seq2seq.planning.sizes import Sizes

WORD_BYTES = 6.0  # of UTF-8 text, with its blank; counted on Multi30k and newstest
ID_BYTES, OFFSET_BYTES, WEIGHT_BYTES = 4, 8, 4
HYPOTHESIS_BYTES = 25  # of a compressed n-best list, with its scores
FIGURES = 30e6


def disk_of(settings: Settings, sizes: Sizes, *, archives: float) -> Mapping[str, float]:
    """Bytes by stage when all stages are done; ``archives`` are downloads, shared by experiments.

    Of a training in progress one more checkpoint is there for each model.
    """
    amounts = Amounts(settings, sizes, {})
    words, read = amounts.all_words(), amounts.read_words()
    ids = words * ID_BYTES + sum(sizes.pairs.values()) * 2 * OFFSET_BYTES
    weights = {model: Shape.of(settings, model).parameters for model in settings.models}
    copies = 1 if settings.train.optimizer == "sgd" else 3  # Adam keeps two moments of each weight
    models = WEIGHT_BYTES * sum(weights.values())
    hypotheses = amounts.hypotheses_of("dev") + amounts.hypotheses_of("test")
    lists = len(settings.models) + 2
    return {
        "downloads": archives,
        "data": WORD_BYTES * (read + words) + ids,
        "train": models * (2 * copies + 1),
        "baseline": hypotheses * HYPOTHESIS_BYTES + WORD_BYTES * 4 * amounts.baseline_words(),
        "rescore": lists * hypotheses * HYPOTHESIS_BYTES,
        "figures": FIGURES,
    }
