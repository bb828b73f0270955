"""What each rule's job takes: the only home of measured constants.

A job's work is told from the configuration alone, before there is any data: so many words, hypotheses
or products of networks.  ``RATES`` says what one of them costs on the reference core (one thread of an
AMD EPYC Zen 4), measured on a run of the demo with 15,370 pairs unless its comment says otherwise;
``devices`` turns work into time.  The same figures give the resources of the rules and the forecasts of
``seq2seq plan``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from seq2seq.config.schema import Settings
from seq2seq.planning.devices import CORE, SLOW_GPU, Work
from seq2seq.planning.loads import Amounts, Loads
from seq2seq.planning.sizes import Sizes

MARGIN = 3.0  # a job may take so many times what is forecast before its queue ends it
LEAST_MINUTES, LEAST_MEGABYTES = 10, 1000
LONG_SECONDS = 3600.0  # what a core would need longer for is meant for a GPU


@dataclass(frozen=True)
class Rate:
    """Seconds of a core and megabytes of memory: at the start, and for each ``unit``.

    A unit is a method of ``Amounts``; what networks compute in the job is one of ``Loads``.
    """

    unit: str = ""
    seconds: float = 0.0
    startup: float = 0.7
    threads: int = 1
    gpus: int = 0
    megabytes: float = 400.0
    bytes: float = 0.0
    network: str = ""


QUICK = Rate(startup=2.5)  # figures, tables and whatever is not listed: seconds each
TRAINING = Rate(startup=2.5, gpus=1, megabytes=2000, network="training")
RATES: Mapping[str, Rate] = {
    "download": Rate(startup=60.0),  # a guess: the network decides
    "realize_corpus": Rate("drawn_pairs", 2.4e-4, startup=0.5, threads=2),
    "extract_corpus": Rate("read_words", 3e-7, startup=0.3),
    "tokenize_corpus": Rate("read_side_words", 1.05e-5, startup=1.1, bytes=2),
    "tokenize_held_out": Rate("read_side_words", 1.05e-5, startup=1.1, bytes=2),
    "clean_corpus": Rate("read_words", 1.5e-6, startup=1.0, bytes=10),
    "count_words": Rate("side_words", 1.5e-6, bytes=8),
    "build_vocabulary": Rate("side_words", 1e-7, startup=1.0, bytes=2),
    "encode_corpus": Rate("side_words", 1.2e-6, bytes=10),
    "describe_corpus": Rate("all_words", 1.5e-6, bytes=4),
    "import_nbest": Rate("hypotheses", 1e-4, bytes=100),
    "choose_baseline_text": Rate("side_words", 2e-7),
    "number_words": Rate("baseline_words", 1.5e-6, bytes=20),
    "expect_links": Rate("aligned_cells", 2.4e-7, bytes=100),
    "estimate_links": Rate("aligned_cells", 5e-8, bytes=50),
    "align_words": Rate("aligned_cells", 2.4e-7, bytes=100),
    "extract_phrases": Rate("baseline_words", 1e-5, bytes=500),
    "select_phrases": Rate("baseline_words", 2e-6, bytes=200),
    "count_targets": Rate("baseline_words", 5e-6, bytes=200),
    "score_phrases": Rate("baseline_words", 2e-6, bytes=200),
    "estimate_language_model": Rate("baseline_words", 3e-6, bytes=150),
    "tune_baseline": Rate("tuned_words", 3.3e-3, threads=2, megabytes=1000),
    "decode_baseline": Rate("searched_words", 3.2e-3, threads=2, megabytes=1000),
    "gather_nbest": Rate("hypotheses", 2e-5, bytes=20),
    "initialize_model": Rate("parameters", 2e-8, startup=2.3, megabytes=600, bytes=12),
    "train_segment": TRAINING,
    "train_last_segment": TRAINING,
    "validate_segment": Rate(startup=2.5, gpus=1, megabytes=800, network="validation"),
    "export_model": Rate("parameters", 2e-8, startup=2.3, megabytes=600, bytes=12),
    "translate_test": Rate(startup=2.5, gpus=1, megabytes=800, network="translation"),
    "score_nbest": Rate("hypotheses", 1.3e-4, startup=2.5, gpus=1, megabytes=800, bytes=200,
                        network="rescoring"),
    "score_perplexity": Rate(startup=3.0, gpus=1, megabytes=800, network="perplexity"),
    "encode_phrases": Rate(startup=3.0, megabytes=800),
    "rescore_nbest": Rate("read_hypotheses", 7.5e-6, bytes=100),
    "tune_rescoring": Rate("tuned_hypotheses", 1.1e-5, bytes=100),
    "sweep_rescoring": Rate("swept_hypotheses", 1.1e-5, bytes=100),
    "choose_oracle": Rate("hypotheses", 1.1e-4, bytes=100),
    "score_bleu": Rate("test_sentences", 2e-3),
    "bridge_bleu": Rate("test_sentences", 5e-3),
    "compare_systems": Rate("test_sentences", 4e-3),
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """What a job asks a queue for."""

    threads: int
    gpus: int
    megabytes: int
    minutes: int


@dataclass(frozen=True)
class Costs:
    """The costs of one experiment's jobs; a rule that is not listed costs a few seconds."""

    settings: Settings
    sizes: Sizes

    def rate(self, rule: str) -> Rate:
        return RATES.get(rule, QUICK)

    def work(self, rule: str, wildcards: Mapping[str, str]) -> Work:
        """What the job of a rule with these wildcards has to do."""
        rate = self.rate(rule)
        seconds = rate.seconds * self._units(rate, wildcards)
        if not rate.network:
            return Work(rate.startup, seconds)
        load = Loads(self.settings, self.sizes, wildcards).of(rate.network)
        return Work(rate.startup, seconds, load.flops, load.cells, load.precision)

    def megabytes(self, rule: str, wildcards: Mapping[str, str]) -> float:
        """The memory at its highest."""
        rate = self.rate(rule)
        total = rate.megabytes + rate.bytes * self._units(rate, wildcards) / 1e6
        if rate.network:
            total += Loads(self.settings, self.sizes, wildcards).of(rate.network).bytes / 1e6
        return total

    def need(self, rule: str, wildcards: Mapping[str, str]) -> Need:
        """What the job asks for at first: time for a core, or, where that were long, for a slow GPU."""
        rate = self.rate(rule)
        work = self.work(rule, wildcards)
        seconds = CORE.seconds(work, threads=rate.threads)
        if rate.gpus and seconds > LONG_SECONDS:
            seconds = max(LONG_SECONDS, SLOW_GPU.seconds(work, threads=rate.threads))
        return Need(
            threads=rate.threads,
            gpus=rate.gpus,
            megabytes=max(LEAST_MEGABYTES, math.ceil(1.5 * self.megabytes(rule, wildcards))),
            minutes=max(LEAST_MINUTES, math.ceil(MARGIN * seconds / 60)),
        )

    def _units(self, rate: Rate, wildcards: Mapping[str, str]) -> float:
        if not rate.unit:
            return 0.0
        return Amounts(self.settings, self.sizes, wildcards).of(rate.unit)
