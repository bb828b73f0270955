"""Whole test sets through the search: sorted by length into batches, put back in their order."""

from collections.abc import Sequence

import numpy as np

from seq2seq.nn.batches import sorted_batches
from seq2seq.nn.scoring import TrainedModel, Words
from seq2seq.nn.search import Translation, beam_search
from seq2seq.program import Progress
from seq2seq.settings import TranslateSettings


def translate_sentences(
    models: Sequence[TrainedModel],
    sources: Sequence[Words],
    settings: TranslateSettings,
    *,
    beam: int,
    wanted: int = 1,
) -> list[list[Translation]]:
    """For each sentence its translations, likeliest first; see ``beam_search``."""
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    found: list[list[Translation]] = [[] for _ in sources]
    progress = Progress(f"beam {beam}", total=len(sources), unit="sentences")
    for rows in sorted_batches(lengths, batch_size=settings.batch_size):
        limits = lengths[rows] * settings.max_words_factor + settings.max_words_constant
        batch = beam_search(
            models,
            [sources[row] for row in rows],
            beam=beam,
            max_words=limits.astype(np.int64).tolist(),
            min_words=settings.min_words,
            wanted=wanted,
        )
        for row, translations in zip(rows, batch, strict=True):
            found[row] = translations
        progress.advance(len(rows))
    progress.finish()
    return found
