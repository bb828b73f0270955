"""Translate a whole test set: batches sorted by length, results in the original order.

Several jobs share the work by whole batches, in turn.  Batches do not depend on the number of jobs, so
neither do the results, to the last digit.
"""

from collections.abc import Sequence

import numpy as np

from seq2seq.config.decoding import TranslateSettings
from seq2seq.inference.beam_search import BeamSearchOptions, beam_search
from seq2seq.inference.hypotheses import Translation
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
) -> list[list[Translation]]:
    """Return the translations of each sentence, best first; see ``beam_search``."""
    found = translate_shard(models, sources, settings, WHOLE, beam=beam, nbest=nbest)
    return [found[sentence] for sentence in range(len(sources))]


def translate_shard(
    models: Sequence[TrainedModel],
    sources: Sequence[TokenIds],
    settings: TranslateSettings,
    shard: Shard,
    *,
    beam: int,
    nbest: int = 1,
) -> dict[int, list[Translation]]:
    """Return the translations of one shard's sentences, by position in ``sources``."""
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    all_limits = lengths * settings.max_words_factor + settings.max_words_constant
    batches = sorted_batches(lengths, batch_size=settings.batch_size)
    batches = batches[shard.number - 1 :: shard.count]
    found: dict[int, list[Translation]] = {}
    progress = Progress(f"beam {beam}", total=sum(map(len, batches)), unit="sentences")
    for rows in batches:
        batch = beam_search(
            models,
            [sources[row] for row in rows],
            beam=beam,
            max_words=all_limits[rows].astype(np.int64).tolist(),
            nbest=nbest,
            options=search_options(settings),
        )
        found.update(zip(rows.tolist(), batch, strict=True))
        progress.advance(len(rows))
    progress.finish()
    return found


def search_options(settings: TranslateSettings) -> BeamSearchOptions:
    return BeamSearchOptions(
        finished=settings.finished,
        ensemble_mean=settings.ensemble_mean,
        length_penalty=settings.length_penalty,
        unknown_words=settings.unknown_words,
        min_words=settings.min_words,
    )
