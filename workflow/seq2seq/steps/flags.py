"""Types of the flags that several steps share, with their help texts."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Ids = Annotated[tuple[Path, Path], Parameter(help="token ids and offsets, .npy")]
Ignored = Annotated[list[Literal["<EOS>", "UNK"]], Parameter(help="left out of the perplexity")]
Labelled = Annotated[list[str], Parameter(help="LABEL=FILE, for each system")]
LogProbabilities = Annotated[Path, Parameter(help="from score-perplexity")]
Models = Annotated[list[Path], Parameter(help="model folders")]
ModelFiles = Annotated[list[Path], Parameter(help="a model.json for each model")]
Nbest = Annotated[Path, Parameter(help="n-best lists, columnar")]
Note = Annotated[str, Parameter(help="says what data this is")]
Outputs = Annotated[list[Path], Parameter(help="files to write, each in the format of its suffix")]
Scores = Annotated[list[Path], Parameter(help="of each model, whole or in shards, columnar")]
Seed = Annotated[int, Parameter(help="of the resampled test sets")]
Tokens = Annotated[Path, Parameter(help="of the test set, Moses tokens")]
