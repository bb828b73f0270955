"""Scores of translations: BLEU as in 2014, its interval, oracles, and BLEU by sentence length."""
