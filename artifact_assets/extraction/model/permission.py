"""Whether one more call may be made now: budget, rate, health, in this order.

What belongs here: waiting in place for what is short, and deferring what is long. What does not: the call (see
``asking``) and the arithmetic of each (see ``domain.budgets``, ``domain.rates`` and ``domain.dependency``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from artifact_assets.domain.backfill_ports import Backfills, NoBackfills
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.brief import Errand
from artifact_assets.domain.budgets import Amount, Exceeded, next_day, scopes
from artifact_assets.domain.dependency import HealthState
from artifact_assets.domain.dependency_ports import Dependencies
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import ModelRequest
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.rates import RatePolicy
from artifact_assets.extraction.model.tokens import estimate
from artifact_assets.extraction.model.turns import Turns

RAISED_BUDGET_SECONDS = 3600.0
"""How often a backfill that met its cap looks whether somebody raised it."""


@dataclass(frozen=True)
class Permission:
    """What one more call of the dependency ``name`` needs. Deadlines are on the monotonic clock."""

    name: str
    dependencies: Dependencies
    clock: Clock
    policy: ModelPolicy
    backfills: Backfills = field(default_factory=NoBackfills)
    turns: Turns = field(default_factory=Turns)

    async def obtain(self, request: ModelRequest, errand: Errand, deadline: float) -> None:
        """Wait until budget, rate and health allow one call. Raises Deferral or PipelineError(budget_exceeded)."""
        name, policy = self.name, self.policy
        expected = self.expected(request)
        pace = await self._pace(errand.backfill)
        caps = scopes(policy.budgets, self.clock.now(), errand.meeting_id, errand.backfill, most=pace.cost)
        if any(cap.calls is not None or cap.tokens is not None or cap.cost is not None for cap in caps.values()):
            exceeded = await self.dependencies.reserve(name, request.digest, expected, caps, policy.lease_seconds)
            if exceeded is not None:
                raise self._over_budget(exceeded)
        if errand.backfill and pace.calls_per_minute is not None:
            slow = RatePolicy(requests_per_minute=pace.calls_per_minute, live_reserve=0)
            await self._turn(f"{name}/backfill:{errand.backfill}", slow, 0, errand, deadline)
        await self._turn(name, policy.rate, expected.tokens, errand, deadline)
        while not (admission := await self.dependencies.admit(name, policy.breaker, live=errand.live)).admitted:
            until = admission.next_attempt_at or self.clock.now() + timedelta(seconds=policy.breaker.park_seconds)
            health = admission.health
            # A backfill does not sit out an outage in a worker's place; steps of a recovery are short and its own.
            paused = not errand.live and health.state is not HealthState.RECOVERING
            if paused or (until - self.clock.now()).total_seconds() > policy.patience_seconds:
                raise Deferral(
                    PipelineError(
                        health.failure_class or FailureClass.MODEL_UNAVAILABLE,
                        f"The model {name} is {health.state} since {health.since:%Y-%m-%d %H:%M:%S} UTC, so nothing "
                        "was sent to it.",
                    ),
                    self.spread(until, live=errand.live),
                )
            await self.wait_until(until, deadline, FailureClass.MODEL_UNAVAILABLE)

    async def _pace(self, backfill: str | None) -> Pace:
        if not backfill:
            return Pace()
        pace = await self.backfills.pace(backfill)
        if pace.cost is not None and not self.policy.prices.known:
            raise PipelineError(
                FailureClass.BUDGET_EXCEEDED,
                f"Backfill {backfill} has a cap on its cost and model.prices are not known, so nothing was sent.",
                "Set model.prices, or cap calls or tokens in model.budgets.backfill instead.",
            )
        return pace

    async def _turn(self, name: str, rate: RatePolicy, tokens: float, errand: Errand, deadline: float) -> None:
        """Wait for a place in the rate budget ``name``. Of many that wait in one process, one asks the ledger."""
        async with self.turns.one(name, errand.live, deadline - self.clock.monotonic()) as is_ours:
            if not is_ours:
                raise self.late(FailureClass.MODEL_RATE_LIMITED)
            await self.backfills.hold(errand.backfill)
            while wait := await self.dependencies.take(name, rate, tokens, live=errand.live):
                if wait > self.policy.patience_seconds:
                    raise self._limited(wait, live=errand.live)
                spread = wait * (1 + 0.25 * self.clock.random())
                await self.wait(spread, deadline, FailureClass.MODEL_RATE_LIMITED)
                await self.backfills.hold(errand.backfill)

    def _limited(self, wait: float, *, live: bool) -> Deferral:
        error = PipelineError(
            FailureClass.MODEL_RATE_LIMITED,
            f"The model {self.name} takes nothing for {wait:.0f} s more, so nothing was sent to it.",
        )
        return Deferral(error, self.spread(self.clock.now() + timedelta(seconds=wait), live=live))

    def spread(self, moment: datetime, *, live: bool) -> datetime:
        """What waited for the same thing comes back one after the other, live meetings first."""
        third = self.policy.breaker.ramp_seconds / 3
        late = self.clock.random() * third if live else third + 2 * third * self.clock.random()
        return moment + timedelta(seconds=late)

    def _over_budget(self, exceeded: Exceeded) -> PipelineError:
        used = getattr(exceeded.used, exceeded.unit)
        cap = getattr(exceeded.cap, exceeded.unit)
        error = PipelineError(
            FailureClass.BUDGET_EXCEEDED,
            f"The {exceeded.unit} budget of {exceeded.scope} for {self.name} is {cap:g}, {used:g} of it is "
            "used or reserved, and one more call does not fit, so nothing was sent.",
        )
        if exceeded.scope.startswith("meeting:"):
            return error
        if exceeded.scope.startswith("day:"):
            return Deferral(error, self.spread(next_day(self.clock.now()), live=False))
        return Deferral(error, self.clock.now() + timedelta(seconds=RAISED_BUDGET_SECONDS))

    def expected(self, request: ModelRequest) -> Amount:
        """The most one call can use."""
        read = sum(estimate(message.text) for message in request.messages) + estimate(str(request.schema))
        cost = self.policy.prices.cost(read, 0, self.policy.output_tokens)
        return Amount(1, read + self.policy.output_tokens, cost or 0.0)

    def retry_at(self) -> datetime:
        """When to try again what failed for no known reason."""
        return self.spread(self.clock.now() + timedelta(seconds=self.policy.breaker.park_seconds), live=True)

    async def wait_until(self, moment: datetime, deadline: float, failure_class: FailureClass) -> None:
        """Wait until ``moment``, if that is before the deadline."""
        await self.wait(max(0.05, (moment - self.clock.now()).total_seconds()), deadline, failure_class)

    async def wait(self, seconds: float, deadline: float, failure_class: FailureClass) -> None:
        """Wait, if the deadline allows it; else raise PipelineError(failure_class)."""
        if self.clock.monotonic() + seconds >= deadline:
            raise self.late(failure_class)
        await self.clock.sleep(seconds)

    def late(self, failure_class: FailureClass) -> PipelineError:
        """The failure of a meeting whose time is over."""
        return PipelineError(
            failure_class,
            f"The model {self.name} was not reached within {self.policy.deadline_seconds:g} s for one "
            "meeting, so its extraction was given up for now.",
        )
