"""What an extraction's answers cost, added up.

What belongs here: sums for the trace. What does not: counting across meetings (see ``domain.budgets``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from artifact_assets.domain.artifact import ExtractorTrace
from artifact_assets.domain.model_ports import ModelCall
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt


@dataclass
class Tally:
    """The answers an extraction rests on, each once, whether paid now or found in the store."""

    prompt: Prompt = COMMITTED
    calls: dict[str, ModelCall] = field(default_factory=dict[str, ModelCall])

    def count(self, call: ModelCall) -> None:
        """Another answer."""
        self.calls[call.request_digest] = call

    def trace(self, name: str, version: str, model: str, parameters: Mapping[str, str]) -> ExtractorTrace:
        """The sums. A sum with an unknown part is unknown."""
        calls = list(self.calls.values())
        return ExtractorTrace(
            extractor=name,
            version=version,
            model=model,
            parameters=parameters,
            prompt_version=self.prompt.version,
            prompt_digest=self.prompt.digest,
            calls=len(calls),
            attempts=sum(call.attempts for call in calls),
            input_tokens=_total([call.usage.input_tokens for call in calls]),
            # Not every provider tells: none told is none known.
            cached_tokens=_total([call.usage.cached_tokens for call in calls]),
            output_tokens=_total([call.usage.output_tokens for call in calls]),
            cost=_sum([call.cost for call in calls]),
        )


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 8) if known and len(known) == len(costs) else None
