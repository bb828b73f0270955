"""Check a run's certificate or package: are its files unchanged, and its scores correct?

It needs the results folder that holds the certificate, no GPU, and less than a minute.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.evaluation import manifest
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.bootstrap import score_translations
from seq2seq.io.nbest import best_translations
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import log
from seq2seq.runtime.parallel import fork_map

app = command_app("verify")


@app.default
def verify(path: Path, /) -> None:
    """Print the differences, one per line; exit with 1 if there are any.

    Args:
        path: certificate, such as results/demo/certificate.json; its folder; or a package.
    """
    found = 0
    with manifest.unpacked(path) as place:
        certificate, folder = manifest.read_certificate(place), place.parent
        for line in (*manifest.wrong_manifest(folder), *_differences(certificate, folder)):
            print(line, flush=True)
            found += 1
    counts = f"{len(certificate['files'])} files and the scores of {len(certificate['outputs'])}"
    if found:
        log.info(f"{path}: {found} differences in {counts} outputs")
        sys.exit(1)
    log.info(f"{path}: {counts} outputs are as certified")


def _differences(certificate: Mapping[str, Any], folder: Path) -> Iterator[str]:
    yield from manifest.wrong_files(certificate, folder)
    configuration, outputs = certificate["configuration"], certificate["outputs"]
    tokens, text = (certificate["references"][name] for name in ("tokens", "text"))
    data, seed = configuration["data"], configuration["evaluate"]["seed"]
    language, tokenizer = data["target_language"], data["tokenizer"]

    def score(hypotheses: str) -> Mapping[str, Any] | str:
        """Return the score that the workflow would compute, or why there is none."""
        for name in (tokens, text, hypotheses):
            if not (folder / name).is_file():
                return f"cannot be scored without {name}"
        try:
            references = Lines.read(folder / tokens, folder / text, language)
            best = best_translations(folder / hypotheses, len(references.text))
            translated = Lines.of_tokens(best, language, tokenizer)
            return score_translations(translated, references, seed=seed)
        except UserError as error:
            return f"cannot be scored: {error}"

    hypotheses = [output["hypotheses"] for output in outputs.values()]
    processes = min(os.cpu_count() or 1, len(hypotheses)) or 1
    found = fork_map(score, hypotheses, processes=processes)
    for (name, output), result in zip(outputs.items(), found, strict=True):
        if isinstance(result, str):
            yield f"{name}: {result}"
        else:
            yield from manifest.wrong_scores(name, output["score"], result)
