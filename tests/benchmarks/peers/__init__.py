"""Public toolkits as candidates: networks of one shape, translating and training the same batches.

Each module has a class ``Peer`` with ``translate`` (a batch by the toolkit's own beam search) and
``train`` (its network, its loss and its clipping; plain SGD).  Weights are random: time does not depend
on them when every translation has the same number of words.
"""
