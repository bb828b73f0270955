"""Settings of the ladder: small trainings whose scores forecast the run, and bounds for the run."""

from dataclasses import dataclass
from typing import Literal

from seq2seq.config.training import ModelSettings, ModelVariantSettings, count_parameters
from seq2seq.config.validators import NotEmpty, NotNegative, Positive, SettingError

Order = Literal["forward", "reversed", "none"]
LANGUAGE_MODEL: Order = "none"  # of a model that does not see the source
ORDERS: tuple[Order, ...] = ("forward", "reversed", LANGUAGE_MODEL)


@dataclass(frozen=True)
class NetworkSize:
    layers: Positive[int]
    hidden_size: Positive[int]

    def parameters(self, model: ModelSettings) -> int:
        """Recurrent weights; embeddings and softmax are of the fixed vocabulary."""
        network = ModelVariantSettings(0, "reversed", None, self.layers, self.hidden_size)
        return count_parameters(network.network(model), source_words=0, target_words=0).recurrent


@dataclass(frozen=True)
class PerplexityBound:
    """Where the dev perplexity has to be after so many epochs."""

    epoch: Positive[float]
    low: Positive[float]
    high: Positive[float]


@dataclass(frozen=True)
class Rung:
    """One training of the ladder."""

    network: NetworkSize
    pairs: int
    source_order: Order
    seed: int

    @property
    def name(self) -> str:
        size = f"{self.network.layers}x{self.network.hidden_size}"
        return f"ladder-{size}-{self.pairs}-{self.source_order}-{self.seed}"

    @property
    def variant(self) -> ModelVariantSettings:
        return ModelVariantSettings(
            self.seed,
            self.source_order,
            layers=self.network.layers,
            hidden_size=self.network.hidden_size,
            pairs=self.pairs,
        )


@dataclass(frozen=True)
class LadderSettings:
    pairs: tuple[Positive[int], ...]
    networks: NotEmpty[NetworkSize]
    seeds: NotEmpty[NotNegative[int]]
    seeds_up_to: Positive[int]
    check_epochs: tuple[Positive[float], ...]
    beam: Positive[int]
    bleu_goals: NotEmpty[Positive[float]]
    reversal_goal: float
    bounded_model: str
    bounds: tuple[PerplexityBound, ...]
    stop_outside: bool

    def __post_init__(self) -> None:
        if self.pairs and (len(set(self.pairs)) < 4 or list(self.pairs) != sorted(self.pairs)):
            raise SettingError(
                ("pairs",),
                "needs four sizes or more, ascending: the largest is held out of the fit.",
            )
        if len({(size.layers, size.hidden_size) for size in self.networks}) < 2:
            raise SettingError(("networks",), "needs two sizes or more.")

    @property
    def rungs(self) -> list[Rung]:
        """All trainings: both orders with their seeds, and language models with the first seed."""
        return [
            Rung(network, pairs, order, seed)
            for pairs in self.pairs
            for network in self.networks
            for order in ORDERS
            for seed in (
                self.seeds
                if pairs <= self.seeds_up_to and order != LANGUAGE_MODEL
                else self.seeds[:1]
            )
        ]

    def bound_of(self, model: str, epoch: float) -> PerplexityBound | None:
        found = [bound for bound in self.bounds if bound.epoch == epoch]
        return found[0] if found and model == self.bounded_model else None
