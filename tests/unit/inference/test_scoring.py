import numpy as np
import pytest

from oracles import probability, score
from seq2seq.inference.scoring import counted_words, log_probabilities, perplexity
from seq2seq.special_tokens import EOS_ID, UNK_ID
from tiny_models import trained, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7])
HYPOTHESES = words([2, 3], [], [4, 4, 4], [2], [3, 2, 0, 4])
OWNERS = np.array([0, 1, 2, 2, 0])


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_scores_are_products_of_the_softmax_word_by_word(batch_size):
    model = trained(seed=5)
    scores = log_probabilities(model, SOURCES, HYPOTHESES, OWNERS, batch_size=batch_size)
    for found, hypothesis, owner in zip(scores, HYPOTHESES, OWNERS, strict=True):
        assert found == pytest.approx(score([model], SOURCES[owner], [hypothesis])[0])


def test_perplexity_counts_the_end_of_each_sentence():
    model = trained(seed=5)
    targets = words([2, 3], [], [4, 4, 4])
    total = sum(
        score([model], source, [target])[0] for source, target in zip(SOURCES, targets, strict=True)
    )
    assert perplexity(model, SOURCES, targets, batch_size=2) == pytest.approx(np.exp(-total / 8))


@pytest.mark.parametrize("ignore_ids", [(), (EOS_ID,), (UNK_ID,), (EOS_ID, UNK_ID)])
def test_words_that_do_not_count_are_neither_scored_nor_counted(ignore_ids):
    model = trained(seed=1)
    sources, targets = words([3, 4], [5]), words([2, UNK_ID, 4], [])
    total = count = 0
    for source, target in zip(sources, targets, strict=True):
        for place, word in enumerate([*target, EOS_ID]):
            if word not in ignore_ids:
                total += np.log(probability(model, source, target[:place], word))
                count += 1
    assert counted_words(targets, ignore_ids).sum() == count
    if count:
        found = perplexity(model, sources, targets, batch_size=2, ignore_ids=ignore_ids)
        assert found == pytest.approx(np.exp(-total / count), rel=1e-10)
