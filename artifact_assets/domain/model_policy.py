"""How a language model is used: time, size, price, and what happens when it does not keep to the form.

What belongs here: the ``model`` section of the configuration. What does not: which model and where (see
``configuration.settings``) and secrets.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.budgets import BudgetPolicy
from artifact_assets.domain.canary import CanaryPolicy
from artifact_assets.domain.dependency import BreakerPolicy
from artifact_assets.domain.documents import Document
from artifact_assets.domain.model_batches import BatchPolicy
from artifact_assets.domain.policies import Backoff
from artifact_assets.domain.rates import RatePolicy


class Prices(Document):
    """US dollars per million tokens. Cached input costs as much as other input where no price is given for it."""

    input: float | None = Field(default=None, ge=0)
    cached: float | None = Field(default=None, ge=0)
    output: float | None = Field(default=None, ge=0)

    @property
    def known(self) -> bool:
        """Whether a cost can be told."""
        return self.input is not None and self.output is not None

    def cost(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float | None:
        """US dollars of one answer, or None without prices."""
        if self.input is None or self.output is None:
            return None
        cached = self.input if self.cached is None else self.cached
        millionths = (input_tokens - cached_tokens) * self.input + cached_tokens * cached + output_tokens * self.output
        return round(millionths / 1_000_000, 8)


class ModelPolicy(Document):
    """Everything about using a model that a deployment may decide. The defaults are safe for a hosted model.

    ``call_timeout_seconds`` bounds one call from sending to the last byte, ``deadline_seconds`` all calls, waits and
    retries of one meeting. A failed chunk fails the meeting, or with ``partial`` is left out and named in a warning.
    After one request for repair, ``on_invalid`` decides: the meeting is quarantined, tried again later, or extracted by
    the rules, for ``fallback_kinds`` only.
    """

    connect_timeout_seconds: float = Field(default=5, gt=0, le=60)
    read_timeout_seconds: float = Field(default=120, gt=0, le=3600)
    call_timeout_seconds: float = Field(default=180, gt=0, le=3600)
    deadline_seconds: float = Field(default=840, gt=0, le=86_400)
    attempts: int = Field(default=4, ge=1, le=20)
    backoff: Backoff = Backoff(first_seconds=1, most_seconds=30, jitter=0.5)
    patience_seconds: float = Field(
        default=30, ge=0, le=3600, description="Longest wait in place for a limit or an outage; longer ones defer."
    )
    chunk_tokens: int = Field(default=12_000, ge=200, le=1_000_000)
    overlap_tokens: int = Field(default=400, ge=0, le=20_000)
    output_tokens: int = Field(default=4000, ge=64, le=200_000)
    output_limit_parameter: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    temperature: float | None = Field(default=0.0, ge=0, le=2, description="null for models that refuse it.")
    seed: int | None = Field(default=7, description="Another seed asks again what was answered before.")
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    most_items: int | None = Field(
        default=None,
        ge=1,
        le=200,
        description="Send lengths in the schema too, and so many items in each list: keeps weak local models from "
        "endless lists. Some hosted models refuse it.",
    )
    samples: int = Field(default=1, ge=1, le=9, description="Ask so often and keep what most answers agree on.")
    parallel_chunks: int = Field(default=4, ge=1, le=64)
    on_chunk_failure: Literal["fail", "partial"] = "fail"
    on_invalid: Literal["quarantine", "defer", "deterministic"] = "quarantine"
    outage_kinds: tuple[str, ...] = Field(
        default=(),
        description="Kinds of live meeting that the rules extract for now while the model is down; its answer replaces that.",
    )
    outage_retry_seconds: float = Field(
        default=900, gt=0, le=86_400, description="When the model is asked again about such a meeting."
    )
    fallback_kinds: tuple[ItemKind, ...] = (ItemKind.ACTION_ITEM, ItemKind.DECISION, ItemKind.NEXT_STEP, ItemKind.TAG)
    redact: bool = Field(default=False, description="Replace mail addresses, phone and card numbers before a call.")
    prices: Prices = Prices()
    rate: RatePolicy = RatePolicy()
    budgets: BudgetPolicy = BudgetPolicy()
    breaker: BreakerPolicy = BreakerPolicy()
    batch: BatchPolicy = BatchPolicy()
    canary: CanaryPolicy | None = Field(
        default=None, description="Another prompt tried on some live meetings, never delivered: docs/evals.md."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.connect_timeout_seconds <= self.read_timeout_seconds <= self.call_timeout_seconds:
            raise ValueError("connect, read and call timeouts must not fall in this order")
        if self.call_timeout_seconds > self.deadline_seconds:
            raise ValueError("call_timeout_seconds is above deadline_seconds")
        if self.overlap_tokens * 2 > self.chunk_tokens:
            raise ValueError("overlap_tokens is above half of chunk_tokens")
        if ItemKind.FIELD_UPDATE in self.fallback_kinds:
            raise ValueError("the rules never update fields in place of a model")
        caps = (self.budgets.meeting, self.budgets.day, self.budgets.backfill)
        if any(cap.cost is not None for cap in caps) and not self.prices.known:
            raise ValueError("a cost budget needs prices.input and prices.output")
        return self

    @property
    def lease_seconds(self) -> float:
        """How long a request under way is nobody else's: one call and a margin, renewed with each attempt."""
        return self.call_timeout_seconds + 30

    def parameters(self, sample: int = 0) -> dict[str, object]:
        """What is sent beside messages and schema. Samples differ by seed, so that their requests do."""
        seed = None if self.seed is None and self.samples == 1 else (self.seed or 0) + sample
        chosen = {
            "temperature": self.temperature,
            "seed": seed,
            "reasoning_effort": self.reasoning_effort,
            self.output_limit_parameter: self.output_tokens,
        }
        return {name: value for name, value in chosen.items() if value is not None}
