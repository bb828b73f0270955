"""The two special words, and the file names of the two sides of a corpus.

The paper (section 3.2) has one word for everything outside the vocabulary, and ends every sentence
with ``<EOS>``.  Both are counted in the vocabulary's size, which makes the count of parameters come
out at exactly 384M.  Padding is no word: it is marked by ``PAD_ID`` in batches and has no embedding.
"""

UNK = "UNK"
EOS = "<EOS>"
SPECIALS = (UNK, EOS)

UNK_ID = 0
EOS_ID = 1
PAD_ID = -1

SIDES = ("source", "target")
SPLITS = ("train", "dev", "test")
