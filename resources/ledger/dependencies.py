"""Health, rate budgets and spending of dependencies, shared by all processes on one ledger.

What belongs here: the ``Dependencies`` port, and remembering shortly what needs no write. What does not: statements (see
``health``, ``rates`` and ``spending``) and arithmetic (see ``artifact_assets.domain``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from artifact_assets.domain.budgets import Amount, Cap, Exceeded
from artifact_assets.domain.dependency import Admission, BreakerPolicy, Health, healthy
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import ProviderLimits
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.rates import RatePolicy, Rates
from resources.ledger import health, rates, spending
from resources.ledger.ledger import SqlLedger

FRESH_SECONDS = 1.0
"""How long a process goes by what it last read of a dependency in good health; others' failures reach it after that."""


class SqlDependencies:
    """``Dependencies`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._seen: dict[str, tuple[float, Health]] = {}
        self._unlimited: dict[str, float] = {}

    async def admit(self, name: str, policy: BreakerPolicy, *, live: bool) -> Admission:
        """See ``Dependencies.admit``."""
        known = await self._known(name)
        if known.flawless:
            return Admission(True, known)
        admission: Admission = await self._ledger.write(
            health.admit_many, health.Admitting(name, self._now(), policy, live), ("health", name)
        )
        self._see(admission.health)
        return admission

    async def succeeded(self, name: str) -> None:
        """See ``Dependencies.succeeded``."""
        if not (await self._known(name)).flawless:
            self._see(await self._ledger.write(health.note_success, (name, self._now()), ("health", name)))

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
        """See ``Dependencies.failed``."""
        failure = health.Failing(name, self._now(), policy, failure_class, cause, park, retry_after)
        return self._see(await self._ledger.write(health.note_failure, failure, ("health", name)))

    async def pause(self, name: str, who: str, why: str) -> Health:
        """See ``Dependencies.pause``."""
        return self._see(await self._ledger.write(health.pause, (name, self._now(), who, why), ("health", name)))

    async def resume(self, name: str) -> Health:
        """See ``Dependencies.resume``."""
        return self._see(await self._ledger.write(health.resume, (name, self._now()), ("health", name)))

    async def health(self) -> tuple[Health, ...]:
        """See ``Dependencies.health``."""
        return await self._ledger.read(health.ALL, health.health_from)

    async def take(self, name: str, policy: RatePolicy, tokens: float, *, live: bool) -> float:
        """See ``Dependencies.take``. A dependency without any known limit costs a read a second and no write."""
        if policy.requests_per_minute is None and policy.tokens_per_minute is None and await self._is_unlimited(name):
            return 0.0
        # No key: one call of the operation serves everybody who waits, on one locked row.
        return await self._ledger.write(rates.take_many, rates.Taking(name, self._now(), policy, tokens, live))

    async def throttled(self, name: str, policy: RatePolicy, retry_after: float | None) -> None:
        """See ``Dependencies.throttled``."""
        self._unlimited.pop(name, None)
        await self._ledger.write(rates.throttle, rates.Throttling(name, self._now(), policy, retry_after))

    async def observed(self, name: str, policy: RatePolicy, limits: ProviderLimits, spare: float) -> None:
        """See ``Dependencies.observed``."""
        told = limits.requests_per_minute is not None or limits.tokens_per_minute is not None
        if not told and policy.tokens_per_minute is None:
            return
        self._unlimited.pop(name, None)
        await self._ledger.write(rates.observe, rates.Observing(name, self._now(), policy, limits, spare))

    async def rates(self) -> tuple[Rates, ...]:
        """See ``Dependencies.rates``."""
        return await self._ledger.read(rates.ALL, rates.rates_from)

    async def reserve(
        self, name: str, key: str, amount: Amount, caps: Mapping[str, Cap], seconds: float
    ) -> Exceeded | None:
        """See ``Dependencies.reserve``."""
        reserving = spending.Reserving(name, key, amount, caps, seconds, self._now())
        return await self._ledger.write(spending.reserve, reserving)

    async def spend(self, name: str, key: str, amount: Amount, scopes: tuple[str, ...]) -> None:
        """See ``Dependencies.spend``."""
        await self._ledger.write(spending.spend, spending.Spending(name, key, amount, scopes))

    async def spent(self, name: str) -> Mapping[str, Amount]:
        """See ``Dependencies.spent``."""
        return dict(await self._ledger.read(spending.of(name), spending.amount_from))

    async def spent_in(self, scope: str) -> Mapping[str, Amount]:
        """See ``Dependencies.spent_in``."""
        return dict(await self._ledger.read(spending.within(scope), spending.by_name_from))

    def _now(self) -> datetime:
        return self._clock.now()

    def _see(self, seen: Health) -> Health:
        self._seen[seen.name] = (self._clock.monotonic(), seen)
        return seen

    async def _known(self, name: str) -> Health:
        at, seen = self._seen.get(name, (None, None))
        if seen is not None and at is not None and self._clock.monotonic() - at < FRESH_SECONDS:
            return seen
        rows = await self._ledger.read(health.one(name), health.health_from)
        return self._see(rows[0] if rows else healthy(name, self._now()))

    async def _is_unlimited(self, name: str) -> bool:
        at = self._unlimited.get(name)
        if at is not None and self._clock.monotonic() - at < FRESH_SECONDS:
            return True
        if await self._ledger.read(rates.one(name), rates.rates_from):
            return False
        self._unlimited[name] = self._clock.monotonic()
        return True
