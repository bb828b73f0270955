"""Learn a subword vocabulary from tokenized sentences, with the library sentencepiece.

``bpe`` merges frequent pairs (Sennrich et al. 2016), ``unigram`` prunes a unigram model (Kudo 2018).
Text is not normalized.  A piece that begins a word starts with U+2581.

Training holds its sentences in memory: about 1 GB (bpe) to 4 GB (unigram) per million sentences.  So
it gets a sample; a million sentences are plenty.
"""

import io
from collections.abc import Iterable
from typing import Literal

from seq2seq.data.vocabulary import SubwordVocabulary, ranked, sentencepiece_model
from seq2seq.errors import UserError
from seq2seq.special_tokens import EOS, EOS_ID, SPECIALS, UNK, UNK_ID

_COVERAGE = 0.9999  # of the characters in the text; rarer ones are unknown


def learn_pieces(sentences: Iterable[str], kind: Literal["unigram", "bpe"], size: int) -> bytes:
    """A serialized model of at most ``size`` pieces, including ``UNK`` and ``<EOS>``."""
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type=kind,
            vocab_size=size,
            character_coverage=_COVERAGE,
            hard_vocab_limit=False,
            normalization_rule_name="identity",
            unk_id=UNK_ID,
            unk_piece=UNK,
            eos_id=EOS_ID,
            eos_piece=EOS,
            bos_id=-1,
            pad_id=-1,
            num_threads=1,  # sums depend on the number of threads
            minloglevel=2,
        )
    except RuntimeError as error:
        raise UserError(
            f"sentencepiece cannot learn {size:,} pieces ({kind}) from this text: {error}. Choose "
            "another number, or `vocabulary.kind: words`."
        ) from error
    return model.getvalue()


def count_pieces(
    model: bytes, words: Iterable[tuple[str, int]], sentences: int
) -> SubwordVocabulary:
    """The vocabulary of a model, its pieces ordered by their frequency in counted words."""
    segmenter = sentencepiece_model(model)
    pieces = (segmenter.id_to_piece(number) for number in range(segmenter.get_piece_size()))
    counts = dict.fromkeys(set(pieces) - set(SPECIALS), 0)
    outside = 0
    for word, count in words:
        for piece in segmenter.encode(word, out_type=str):
            if piece in counts:
                counts[piece] += count
            else:
                outside += count
    found = ranked(counts.items(), outside=outside, sentences=sentences)
    return SubwordVocabulary(found.tokens, found.counts, model)
