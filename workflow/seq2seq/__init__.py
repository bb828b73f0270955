"""A reproduction of *Sequence to Sequence Learning with Neural Networks* (2014).

The sub-packages do not import one another; they meet in files, through the programs in ``steps``.
"""

__version__ = "0.1.0"
