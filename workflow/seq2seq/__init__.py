"""A reproduction of *Sequence to Sequence Learning with Neural Networks* (2014).

Rules call the programs in ``steps``; stages exchange data only in files.  pyproject.toml states which
sub-package may import which.
"""

__version__ = "0.1.0"
