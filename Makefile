# `make help` lists the targets. Set CORES=8 to use more cores.
SHELL := /bin/bash
PYTHON ?= python3
CORES ?= $(shell nproc)
GPUS ?= $(shell nvidia-smi -L 2>/dev/null | wc -l)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/workflow

# `gpu` bounds how many trainings run at once; without a GPU, each has a core.
BOUND = $(if $(filter 0,$(GPUS)),$(CORES),$(GPUS))
SNAKEMAKE = python -m seq2seq.runtime.unlock && snakemake --cores $(CORES) --resources gpu=$(BOUND) --quiet rules reason host --rerun-incomplete
# An experiment's overlays, from the first to the one that replaces it.
overlays = $(if $(filter %-multi30k,$(1)),config/$(1:-multi30k=).yaml config/multi30k.yaml) config/$(1).yaml
CODE = workflow/seq2seq tests docs
SMK = Snakefile workflow/Snakefile workflow/rules

.PHONY: help setup demo multi30k tatoeba own ladder ablation ablation-multi30k paper offline-bundle bundle report watch readme check-page test check format bench bench-peers bench-profile bench-precision bench-open-choices bench-batches gpu-bundle gpu-check pilot package test-crash-recovery chaos docs docs-bad-input docs-settings docs-tutorial rulegraph audit paper-smoke clean-demo verify-data bench-data bench-baseline estimate plan test-slurm test-conda wheels lock test-images
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# PyTorch: by default what pip finds; TORCH=cpu or cu128 takes that build from the index TORCH_INDEX/TORCH.
# WHEELS=folder takes everything from the files that `make wheels` wrote.
TORCH ?=
TORCH_INDEX ?=
WHEELS ?=
PIP = .venv/bin/pip --quiet --disable-pip-version-check
NO_INDEX = --no-index --find-links "$(WHEELS)"
TORCH_PIN = $(shell grep '^torch==' requirements-torch.txt)$(if $(TORCH),+$(TORCH))
TORCH_FROM = $(if $(WHEELS),$(NO_INDEX),$(if $(TORCH),--index-url "$(TORCH_INDEX)/$(TORCH)"))
# The sizes of the wheels for Linux on x86-64; docs/install.md says how they were counted.
TORCH_SIZE = $(if $(TORCH),$(if $(filter cpu,$(TORCH)),190 MB,2 to 3 GB),190 MB as a CPU build or 2.7 GB as PyPI's CUDA build)
SIZE = $(if $(WHEELS),Nothing is downloaded,Download: about 135 MB, and PyTorch with $(TORCH_SIZE))

# Only `make setup TORCH=...` replaces an installed PyTorch by another build.
ifneq ($(and $(filter setup,$(MAKECMDGOALS)),$(TORCH)),)
ifneq ($(TORCH),$(shell cat .venv/installed 2>/dev/null))
.PHONY: .venv/installed
endif
endif

setup: .venv/installed  ## the virtual environment by requirements.lock; TORCH, TORCH_INDEX, WHEELS: docs/install.md

.venv/installed: requirements.lock requirements-torch.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12 ..."; exit 2; }
	@test -z "$(TORCH)" || test -n "$(TORCH_INDEX)$(WHEELS)" \
	  || { echo "error: TORCH=$(TORCH) needs the address of a PyTorch index: make setup TORCH=$(TORCH) TORCH_INDEX=https://..."; exit 2; }
	@test -z "$(WHEELS)" || test -d "$(WHEELS)" \
	  || { echo "error: WHEELS=$(WHEELS) is not a folder; make wheels writes one on a machine with internet"; exit 2; }
	@echo "Setting up .venv (once, a few minutes). $(SIZE)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install $(if $(WHEELS),$(NO_INDEX)) --require-hashes -r requirements.lock
	@$(PIP) install $(TORCH_FROM) "$(TORCH_PIN)"
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@echo "$(TORCH)" > $@

lock:  ## rewrite requirements.lock from pyproject.toml; versions stay, UPGRADE=--upgrade takes the newest
	@command -v uv > /dev/null || { echo "error: make lock needs uv: pipx install uv==0.13.9"; exit 2; }
	@uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-package torch $(UPGRADE) \
	  --annotation-style line --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

demo: setup  ## the whole pipeline on a small generated corpus, in minutes
	@echo "The demo: corpus, baseline, eight LSTMs, tables and figures, on $(CORES) cores"
	@$(SNAKEMAKE) --configfile config/demo.yaml
	@$(MAKE) --no-print-directory report EXPERIMENT=demo

multi30k: setup  ## the same on Multi30k, real captions, in one to two hours
	@$(SNAKEMAKE) --configfile config/multi30k.yaml
	@$(MAKE) --no-print-directory report EXPERIMENT=multi30k

tatoeba: setup  ## the same on Tatoeba, short everyday sentences, in two to three hours
	@$(SNAKEMAKE) --configfile config/tatoeba.yaml
	@$(MAKE) --no-print-directory report EXPERIMENT=tatoeba

ablation: setup  ## the effect of reversal, depth and the LSTM, on the generated corpus
	@$(SNAKEMAKE) --configfile $(call overlays,ablation)
	@$(MAKE) --no-print-directory report EXPERIMENT=ablation

ladder: EXPERIMENT = tatoeba
ladder: setup  ## small trainings that forecast a run before it is run: make ladder EXPERIMENT=tatoeba
	@$(SNAKEMAKE) $(OVERLAY) -- results/$(EXPERIMENT)/ladder/ladder.html
	@echo "Result: results/$(EXPERIMENT)/ladder/ladder.html"

ablation-multi30k: setup  ## the ablation on Multi30k, in about half an hour
	@$(SNAKEMAKE) --configfile $(call overlays,ablation-multi30k)
	@$(MAKE) --no-print-directory report EXPERIMENT=ablation-multi30k

own: setup  ## the whole pipeline on your own corpus: cp config/own.yaml my.yaml, then make own CONFIG=my.yaml
	@test -f "$(CONFIG)" || { echo "error: name your settings, a copy of config/own.yaml: make own CONFIG=my.yaml"; exit 2; }
	@$(SNAKEMAKE) --configfile $(CONFIG)
	@$(MAKE) --no-print-directory report OVERLAY="--configfile $(CONFIG)" \
	  EXPERIMENT=$$(sed -n 's/^experiment: *"*\([A-Za-z0-9._-]*\).*/\1/p' $(CONFIG))

paper: setup  ## the paper's experiment; see README.md for clusters
	@$(SNAKEMAKE)
	@$(MAKE) --no-print-directory report EXPERIMENT=paper

BENCH_SIZE ?= small
EXPERIMENT ?= demo
RESULTS = results/$(EXPERIMENT)
OVERLAY = $(if $(filter paper,$(EXPERIMENT)),,--configfile $(call overlays,$(EXPERIMENT)))

offline-bundle: EXPERIMENT = paper
offline-bundle: setup  ## an experiment's published files in one folder, for a machine without internet
	@$(SNAKEMAKE) --keep-going bundle $(OVERLAY)

wheels: setup  ## the packages as files, to install without internet: make setup WHEELS=results/wheels
	@$(PIP) download --require-hashes --dest results/wheels -r requirements.lock
	@$(PIP) download --dest results/wheels --find-links results/wheels $(TORCH_FROM) "$(TORCH_PIN)" \
	  --constraint <(sed -n 's/^\([a-z0-9-]*==[^ ]*\).*/\1/p' requirements.lock)
	@echo "Result: results/wheels, for the same system and Python; there: make setup WHEELS=results/wheels"

bundle: wheels offline-bundle  ## both: all that a machine without internet needs

report: setup $(RESULTS)/workflow-report.html  ## Snakemake's own report of a finished run: make report EXPERIMENT=demo
	@echo "Result: $(RESULTS)/report.html; how it was made: $(RESULTS)/workflow-report.html"

$(RESULTS)/workflow-report.html: $(wildcard $(RESULTS)/report.html $(RESULTS)/tables/* $(RESULTS)/figures/*)
	@snakemake --quiet all $(OVERLAY) --report $(@D)/.report.html
	@mv $(@D)/.report.html $@

package: setup  ## a finished run as one archive with a manifest, for a DOI: make package EXPERIMENT=demo
	@seq2seq package $(RESULTS) --output $(RESULTS)-package.tar \
	  $(addprefix --add ,docs/tried.tsv config requirements.lock requirements-torch.txt CITATION.cff LICENSE)
	@seq2seq verify $(RESULTS)-package.tar

watch: setup  ## the results so far as a page, rewritten while a run goes on: make watch EXPERIMENT=paper
	@seq2seq watch $(OVERLAY)

readme: EXPERIMENT = multi30k
readme: setup  ## rewrite the README's table and figures from a finished run: make readme EXPERIMENT=multi30k
	@seq2seq readme $(OVERLAY)

check-page: setup .venv/node/installed  ## accessibility of a run's page, in headless Chromium: make check-page EXPERIMENT=demo
	@cd tests && python page_check.py $(abspath $(RESULTS))/report.html
	@echo "Result: axe finds nothing, and nothing scrolls sideways"

AXE = axe-core@4.14.1
# Without npm or a network, the test that needs it is skipped and says why.
.venv/node/installed: | .venv/installed
	@mkdir -p .venv/node
	@if npm install --silent --no-fund --no-audit --prefix .venv/node $(AXE) 2> .venv/node/log; then touch $@; \
	  else echo "No axe-core, which checks the page's accessibility: see .venv/node/log"; fi

DEVICE ?= H100
estimate: setup  ## what a run will take: make estimate EXPERIMENT=paper GPUS=8 CORES=64 DEVICE=A100
	@seq2seq estimate $(OVERLAY) --cores $(CORES) --gpus $(GPUS) $(if $(filter-out 0,$(GPUS)),--device $(DEVICE))

plan: estimate  ## the same

test-slurm: setup  ## the demo and all job failures on SLURM: your cluster or a temporary one
	@cd tests && pytest -v slurm/run_demo.py slurm/run_faults.py slurm/run_two_nodes.py
	@echo "Result: the same tables as on one machine; every failure was recovered"

test-conda: setup  ## every environment of envs/, with the demo's rules inside
	@cd tests && pytest -v conda/run_conda.py
	@echo "Result: every environment was created and the rules ran inside"

test-images:  ## build envs/Dockerfile and envs/apptainer.def with the tools that are installed
	@tests/images

test: setup .venv/node/installed  ## all tests
	@pytest -n 2
	@echo "Result: all tests passed"

check: setup  ## style, types, layers, budgets, prose, Snakemake's lint, the pins of envs/ and the image
	@ruff check $(CODE)
	@ruff format --check $(CODE)
	@mypy
	@snakefmt --check $(SMK)
	@snakemake --lint
	@pytest -q tests/unit/test_environments.py tests/unit/test_install.py tests/unit/test_house.py tests/unit/test_prose.py
	@echo "Result: no complaints"

format: setup  ## format the code
	@ruff check --fix-only --quiet $(CODE)
	@ruff format $(CODE)
	@snakefmt $(SMK)

verify-data: setup  ## check a corpus against its table: make verify-data EXPERIMENT=demo
	@python -m seq2seq verify-data $(RESULTS)/tables/corpus.tsv

bench-data: setup  ## throughput and memory of text processing on a million pairs
	@cd tests && python -m benchmarks.data

BENCH_FOLDER ?= results/bench-baseline
bench-baseline: setup  ## CPU time and memory of the baseline's steps by the number of pairs
	@cd tests && OMP_NUM_THREADS=1 python -m benchmarks.baseline --folder $(abspath $(BENCH_FOLDER))

bench: setup  ## throughput beside a textbook implementation
	@cd tests && python -m benchmarks --size $(BENCH_SIZE)

bench-profile: setup  ## where the time of training, translation and scoring goes
	@cd tests && OMP_NUM_THREADS=1 python -m benchmarks.profile_kinds --size $(BENCH_SIZE)

PEERS ?= .peers
bench-peers: setup $(PEERS)/installed  ## throughput beside fairseq and OpenNMT-py
	@cd tests && $(abspath $(PEERS))/bin/python -W ignore -m benchmarks.peers --size $(BENCH_SIZE)

$(PEERS)/installed: tests/benchmarks/peers.txt tests/benchmarks/peers/setup
	@echo "Setting up fairseq and OpenNMT-py in $(PEERS) (once, a few minutes)"
	@tests/benchmarks/peers/setup $(PEERS)

bench-precision: setup  ## the BLEU that bf16 and int8 cost: make bench-precision EXPERIMENT=demo
	@cd tests && python -m benchmarks.precision --results $(abspath $(RESULTS))

bench-batches: EXPERIMENT = multi30k
bench-batches: setup  ## batches of equal, similar and any lengths, on an experiment's prepared data
	@$(SNAKEMAKE) $(OVERLAY) -- $(foreach split,train dev,$(foreach side,source target,$(RESULTS)/data/ids/$(split).$(side).words.npy))
	@cd tests && OMP_NUM_THREADS=1 python -m benchmarks.batches --results $(abspath $(RESULTS))

bench-open-choices: setup  ## what the paper leaves open, each choice with three seeds, in 25 minutes
	@cd tests && OMP_NUM_THREADS=1 python -m benchmarks.open_choices

gpu-bundle: EXPERIMENT = $(if $(wildcard results/multi30k/data/ids/test.*),multi30k,demo)
gpu-bundle: setup  ## a few MB with the CPU's numbers, to check a GPU with: make gpu-bundle EXPERIMENT=multi30k
	@$(SNAKEMAKE) $(foreach split,train test,$(foreach side,source target,$(RESULTS)/data/ids/$(split).$(side).words.npy)) $(OVERLAY)
	@cd tests && python -m benchmarks.gpu.bundle --data $(abspath $(RESULTS)/data) --output $(abspath .gpu)

gpu-check:  ## is this machine's GPU right, and how fast? In eight minutes; needs .gpu and PyTorch alone (docs/gpu.md)
	@cd tests && $(PYTHON) -m benchmarks.gpu --bundle ../.gpu --output ../.gpu/results

pilot: setup  ## standard errors for config/power.tsv: make pilot EXPERIMENT=demo
	@cd tests && python -m benchmarks.pilot --results $(abspath $(RESULTS))

test-crash-recovery: setup  ## a training and a whole run, killed 20 and 50 times, end in the same bytes
	@cd tests && OMP_NUM_THREADS=1 python -m faults.crash_recovery
	@cd tests && python -m faults.whole_run

PAGES = '*.md' Makefile Snakefile config docs results workflow tests requirements.lock LICENSE CITATION.cff
docs: .docs/venv/installed  ## the documentation as a site, in .docs/site, with its links checked
	@rm -rf .docs/pages .docs/site && mkdir .docs/pages
	@git ls-files -z -- $(PAGES) | xargs -0 cp --parents -t .docs/pages
	@PYTHONPATH=docs .docs/venv/bin/zensical build --clean --strict
	@echo "Result: .docs/site/index.html; to search it: $(PYTHON) -m http.server -d .docs/site"

.docs/venv/installed: docs/requirements.txt
	@echo "Setting up the site's generator in .docs (once)"
	@$(PYTHON) -m venv .docs/venv
	@.docs/venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r docs/requirements.txt
	@touch $@

docs-tutorial: setup  ## the numbers of docs/tutorial.md, from a finished run: make docs-tutorial EXPERIMENT=demo
	@cd tests && OMP_NUM_THREADS=1 python -m benchmarks.tutorial $(abspath $(RESULTS)) ../docs/tutorial.md

VIZ = @viz-js/viz@3.31.0
DRAW = import {instance} from "@viz-js/viz"; import {readFileSync} from "fs"; \
  process.stdout.write((await instance()).renderString(readFileSync(0, "utf8"), {format: "svg"}))
rulegraph: setup  ## docs/images/rulegraph.svg, the demo's rules as a graph; needs npm
	@npm install --silent --no-fund --no-audit --prefix .docs/node $(VIZ)
	@set -o pipefail; snakemake --configfile config/demo.yaml --quiet all --rulegraph | python docs/rulegraph.py \
	  | (cd .docs/node && node --input-type=module -e '$(DRAW)') | sed '/^<!--.*-->$$/d; /^<title>/d' > .docs/rulegraph.svg
	@mv .docs/rulegraph.svg docs/images/rulegraph.svg

docs-bad-input: setup  ## docs/bad-input.md: the error message for each fault in the tests
	@cd tests && python -m faults.bad_input

docs-settings: setup  ## config/README.md's table of all settings
	@cd tests && python -m configurations

audit: setup  ## known vulnerabilities of the locked packages; needs PyPI or OSV
	@tests/audit

chaos: test-crash-recovery  ## the same as test-crash-recovery

paper-smoke: setup  ## two updates of the paper's full model, in under 8 GB
	@cd tests && python -m benchmarks.paper_smoke

clean-demo:  ## delete the demo's results
	@rm -rf results/demo
