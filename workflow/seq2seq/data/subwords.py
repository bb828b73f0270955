"""Pieces of words in place of words: a vocabulary that knows every word by its parts.

The pieces are learnt by the library sentencepiece from tokenized sentences, either by merging
frequent neighbours (``bpe``, Sennrich et al. 2016) or by thinning out a unigram model (``unigram``,
Kudo 2018).  Nothing is normalised.  A piece that begins a word begins with the mark U+2581.

Learning holds its sentences in memory, the unigram model several times over: about 1 GB (bpe) to
4 GB (unigram) for a million sentences.  So it is given a sample; a million is plenty.
"""

import io
from collections.abc import Iterable
from typing import Literal

from seq2seq.data.vocabulary import SubwordVocabulary, ranked, segmenter
from seq2seq.errors import UserError
from seq2seq.special_tokens import EOS, EOS_ID, SPECIALS, UNK, UNK_ID

_COVERAGE = 0.9999  # of the letters in the text; rarer ones are unknown


def learn_pieces(sentences: Iterable[str], kind: Literal["unigram", "bpe"], size: int) -> bytes:
    """A model of at most ``size`` pieces, ``UNK`` and ``<EOS>`` among them.

    One thread, because the sums of several depend on their number.

    Raises:
        UserError: sentencepiece cannot learn so many, or so few, from this text.
    """
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
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise UserError(
            f"sentencepiece cannot learn {size:,} pieces ({kind}) from this text: {error}. Ask for "
            "another number, or for `vocabulary.kind: words`."
        ) from error
    return model.getvalue()


def count_pieces(
    model: bytes, words: Iterable[tuple[str, int]], sentences: int
) -> SubwordVocabulary:
    """The vocabulary of a model: its pieces by their frequency among counted words."""
    program = segmenter(model)
    pieces = (program.id_to_piece(number) for number in range(program.get_piece_size()))
    counts = dict.fromkeys(set(pieces) - set(SPECIALS), 0)
    outside = 0
    for word, count in words:
        for piece in program.encode(word, out_type=str):
            if piece in counts:
                counts[piece] += count
            else:
                outside += count
    found = ranked(counts.items(), outside=outside, sentences=sentences)
    return SubwordVocabulary(found.tokens, found.counts, model)
