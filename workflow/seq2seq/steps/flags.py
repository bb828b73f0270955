"""Types of the flags that several steps share, with their help texts."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def _help(text: str) -> Parameter:
    return Parameter(help=text)


Ids = Annotated[tuple[Path, Path], _help("token ids and offsets, .npy")]
Ignored = Annotated[list[Literal["<EOS>", "UNK"]], _help("left out of the perplexity")]
Labelled = Annotated[list[str], _help("LABEL=FILE, for each system")]
LogProbabilities = Annotated[Path, _help("from score-perplexity")]
Models = Annotated[list[Path], _help("model folders")]
ModelFiles = Annotated[list[Path], _help("a model.json for each model")]
Nbest = Annotated[Path, _help("n-best lists, columnar")]
Note = Annotated[str, _help("says what data this is")]
Outputs = Annotated[list[Path], _help("files to write, each in the format of its suffix")]
Scores = Annotated[list[Path], _help("of each model, whole or in shards, columnar")]
Seed = Annotated[int, _help("of the resampled test sets")]
Tokens = Annotated[Path, _help("of the test set, Moses tokens")]
