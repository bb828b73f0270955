"""The special tokens, the sides of a corpus and its splits.

The paper (section 3.2) maps every word outside the vocabulary to ``UNK`` and ends every sentence
with ``<EOS>``.  Both count towards the vocabulary size, which gives exactly 384M parameters.
``PAD_ID`` only marks padding in batches; it has no embedding.
"""

UNK = "UNK"
EOS = "<EOS>"
SPECIALS = (UNK, EOS)

UNK_ID = 0
EOS_ID = 1
PAD_ID = -1

SIDES = ("source", "target")
SPLITS = ("train", "dev", "test")
