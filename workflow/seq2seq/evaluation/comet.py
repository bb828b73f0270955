"""COMET, a learned score of today, for those who have it installed: ``pip install unbabel-comet``.

It needs the source beside translation and reference, and a model of some gigabytes that it fetches
itself; so no experiment asks for it unless ``evaluate.comet`` names a model, and it is not among
the locked packages (its own would undo theirs: give it an environment, or accept that).
"""

import importlib
import shutil
from collections.abc import Sequence
from typing import Any

from seq2seq.errors import UserError


def comet_score(
    sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str], *, model: str
) -> float:
    """The system score of ``model``, a name such as ``Unbabel/wmt22-comet-da`` or a checkpoint, x 100.

    Raises:
        UserError: COMET is not installed, or the model is not to be had.
    """
    comet = _package()
    try:
        path = model if model.endswith(".ckpt") else comet.download_model(model)
        loaded = comet.load_from_checkpoint(path)
    except (OSError, KeyError, ValueError) as error:
        raise UserError(
            f"evaluate.comet: the model {model} cannot be loaded ({error}). Give a model's name on "
            "a machine with network, the path of a .ckpt file elsewhere, or null."
        ) from error
    triples = [
        {"src": source, "mt": hypothesis, "ref": reference}
        for source, hypothesis, reference in zip(sources, hypotheses, references, strict=True)
    ]
    gpus = int(shutil.which("nvidia-smi") is not None)
    found = loaded.predict(triples, batch_size=32, gpus=gpus, progress_bar=False)
    return 100 * float(found["system_score"])


def _package() -> Any:
    try:
        return importlib.import_module("comet")
    except ImportError as error:
        raise UserError(
            "evaluate.comet names a model, but COMET is not installed: "
            "`pip install unbabel-comet`, or set it to null."
        ) from error
