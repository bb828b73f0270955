"""BLEU and perplexity with their uncertainty, and the paper's claims tested on them."""
