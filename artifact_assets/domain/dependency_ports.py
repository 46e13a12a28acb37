"""What the ledger knows about the services we depend on: health, rates, spending. By dependency name, for any of them.

What belongs here: protocols. What does not: their arithmetic (see ``dependency``, ``rates`` and ``budgets``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from artifact_assets.domain.budgets import Amount, Cap, Exceeded
from artifact_assets.domain.dependency import Admission, BreakerPolicy, Health
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import ProviderLimits
from artifact_assets.domain.rates import RatePolicy, Rates


class Dependencies(Protocol):
    """Health, rate budget and spending of dependencies, the same for all processes that share the ledger."""

    async def admit(self, name: str, policy: BreakerPolicy, *, live: bool) -> Admission:
        """Whether a call may be made now."""
        ...

    async def succeeded(self, name: str) -> None:
        """It answered."""
        ...

    async def failed(
        self,
        name: str,
        policy: BreakerPolicy,
        failure_class: FailureClass,
        cause: str,
        *,
        park: bool = False,
        retry_after: float | None = None,
    ) -> Health:
        """It did not answer, or said that it cannot."""
        ...

    async def pause(self, name: str, who: str, why: str) -> Health:
        """A person stops all calls."""
        ...

    async def resume(self, name: str) -> Health:
        """A person lets calls through again, at once."""
        ...

    async def health(self) -> tuple[Health, ...]:
        """Every dependency that ever failed or was paused."""
        ...

    async def take(self, name: str, policy: RatePolicy, tokens: float, *, live: bool) -> float:
        """Take one request and ``tokens`` from the rate budget: 0 when taken, else seconds to wait before asking again."""
        ...

    async def throttled(self, name: str, policy: RatePolicy, retry_after: float | None) -> None:
        """It answered 429."""
        ...

    async def observed(self, name: str, policy: RatePolicy, limits: ProviderLimits, spare: float) -> None:
        """Its headers told its limits; ``spare`` tokens that were taken were not used."""
        ...

    async def rates(self) -> tuple[Rates, ...]:
        """Every rate budget in use."""
        ...

    async def reserve(
        self, name: str, key: str, amount: Amount, caps: Mapping[str, Cap], seconds: float
    ) -> Exceeded | None:
        """Set ``amount`` aside in every scope for at most ``seconds``, or tell which cap that would break."""
        ...

    async def spend(self, name: str, key: str, amount: Amount, scopes: tuple[str, ...]) -> None:
        """Count what was used in every scope and drop the reservation."""
        ...

    async def spent(self, name: str) -> Mapping[str, Amount]:
        """What was used so far, by scope."""
        ...

    async def spent_in(self, scope: str) -> Mapping[str, Amount]:
        """What was used in one scope, such as today, by dependency."""
        ...
