"""Shared by all rules: checked settings, the results folder, the environment of jobs."""

import gc
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from snakemake.sourcecache import HostingProviderFile

# The checkout, from wherever it is used: --directory, `-s workflow/Snakefile`, or as a module.
basedir = workflow.current_basedir
checkout = Path(basedir.get_path_or_uri(secret_free=True)).parents[1]
if isinstance(basedir, HostingProviderFile):
    # `github(...)` fetches rule files one by one, but jobs need the whole package.
    commit = basedir.hosted_repo.repo.commit(basedir.ref).hexsha
    checkout = Path(".snakemake", "checkouts", commit).absolute()
    if not checkout.is_dir():
        checkout.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=checkout.parent) as folder:
            tar = Path(folder, "tree.tar")
            basedir.hosted_repo.repo.git.archive(commit, output=tar)
            shutil.unpack_archive(tar, tar.with_suffix(""), filter="data")
            with suppress(OSError):  # another process was first
                tar.with_suffix("").rename(checkout)
package = checkout / "workflow"
sys.path.insert(0, str(package))

from seq2seq.data.catalogue import as_argument, local_files, published, read_catalogue
from seq2seq.errors import UserError
from seq2seq.evaluation.claim_definitions import read_claims
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import as_json, load_settings, with_numbers
from seq2seq.config.yaml_files import load_file
from seq2seq.special_tokens import SIDES, SPLITS

gc.freeze()  # Snakemake's modules stay: searching them for cycles took a fifth of a dry run

configuration = checkout / "config"
complete = configuration / "config.yaml"

# A module's prefix: Snakemake would add it to inputs and outputs alone, but parameters name files too.
# Each `use rule` reads these files again, with the same modifier.
modifier = workflow.modifier.path_modifier
modifier.ours = prefix = getattr(modifier, "ours", modifier.prefix or "")
modifier.prefix = None
if modifier.modifies_prefixes or modifier.inner_modifier and modifier.inner_modifier.prefix:
    sys.exit(
        "error: module: `replace_prefix`, or `prefix` of a module in a module. Use one `prefix`."
    )
if set(str(checkout)) & set("{}"):
    sys.exit(f"error: {checkout}: Snakemake takes braces in a path for wildcards. Move it.")
try:
    if workflow.modifier.skip_configfile:  # a module that was given its configuration
        files, layers = [], [config]
    else:
        # Overlays of the command line replace what the working directory's own file says.
        files = sorted(map(str, workflow.configfiles), key="config/config.yaml".__ne__)
        # Read again by the parser in C: Snakemake's, in Python, takes ten times as long.
        layers = [*map(load_file, files), with_numbers(workflow.config_settings.config)]
    paper_config = load_file(str(complete))
    settings = load_settings(paper_config, [complete, *files], layers)
    catalogue = read_catalogue(configuration / "corpora.tsv")
    paper = load_settings(paper_config)
    experiment = Experiment(settings, prefix)
    downloads = f"{prefix}results/downloads"
    config.update(json.loads(as_json(settings)))  # captions of Snakemake's report read it
    if not experiment.trained_models:
        raise UserError("tables: no row and no figure needs a model. Add a row with `translate`.")
    claims = read_claims(configuration / "claims.tsv")
    claim_inputs = experiment.claim_inputs(claim.operands for claim in claims)
    if not settings.data.demo_corpus:
        named = [corpus for split in SPLITS for corpus in settings.data.corpora(split)]
        catalogue.check_tokenizer(published(named), settings.data.tokenizer)
        for file in local_files(named):
            if not Path(file).is_file():
                raise UserError(f"{file}: no such file. Correct `data.train`, `dev` or `test`.")
    for name in ("nbest", "nbest_dev", "nbest_source", "alignments", "arpa"):
        file = getattr(settings.baseline, name)
        if file and not Path(file).is_file():
            raise UserError(f"{file}: no such file. Correct `baseline.{name}`.")
except UserError as error:
    sys.exit(f"error: {error}")  # a WorkflowError would also print a traceback


pathvars:
    results=experiment.results,
    downloads=downloads,
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


scattergather:
    text=settings.shards.text,
    translate=settings.shards.translate,
    score=settings.shards.score,


wildcard_constraints:
    split="|".join(SPLITS),
    side="|".join(SIDES),
    model="|".join(experiment.variants),
    models="[^./]+",
    segment=r"\d{3}",
    beam=r"\d+(-min\d+)?",
    table="|".join(settings.tables),


# The package is found with and without --use-conda and --directory; a failing program fails its rule.
# A job in a queue has a time limit, which the trainer then keeps.
queued = "1" if workflow.remote_exec else ""
shell.executable("bash")
shell.prefix(
    "set -euo pipefail; export PYTHONPATH={package:q} PYTHONUNBUFFERED=1 SEQ2SEQ_QUEUED={queued}; "
)


onstart:
    # Unless set by the user, no limit on jobs per second: its timers cost a tenth of a core
    # (docs/decisions/0010-the-scheduler-s-timers.md).
    limit = workflow.scheduler.job_rate_limiter
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
