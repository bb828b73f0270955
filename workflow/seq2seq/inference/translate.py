"""Translate a whole test set: batches sorted by length, results in the original order.

Several jobs share the work by whole batches, in turn.  Batches do not depend on the number of jobs, so
neither do the results, to the last digit.
"""

from collections.abc import Sequence

import numpy as np

from seq2seq.config.schema import TranslateSettings
from seq2seq.inference.beam_search import Translation, beam_search
from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.runtime.logging import Progress
from seq2seq.runtime.shards import WHOLE, Shard
from seq2seq.training.batches import sorted_batches


def translate_sentences(
    models: Sequence[TrainedModel],
    sources: Sequence[TokenIds],
    settings: TranslateSettings,
    *,
    beam: int,
    nbest: int = 1,
    shard: Shard = WHOLE,
) -> dict[int, list[Translation]]:
    """Return the translations of a shard's sentences, by position in ``sources`` and in that order."""
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    limits = (lengths * settings.max_words_factor + settings.max_words_constant).astype(np.int64)
    batches = sorted_batches(lengths, batch_size=settings.batch_size)
    batches = batches[shard.number - 1 :: shard.count]
    found: dict[int, list[Translation]] = {}
    progress = Progress(f"beam {beam}", total=sum(map(len, batches)), unit="sentences")
    for rows in batches:
        some, max_words = [sources[row] for row in rows], limits[rows].tolist()
        batch = beam_search(
            models, some, beam=beam, max_words=max_words, nbest=nbest, options=settings
        )
        found.update(zip(rows.tolist(), batch, strict=True))
        progress.advance(len(rows))
    progress.finish()
    return dict(sorted(found.items()))
