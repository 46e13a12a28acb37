"""Telling an operator: gather what is wrong, send what is news, remember what was accepted.

What belongs here: the order of those. What does not: what counts as wrong (see ``domain.conditions``), what is news (see
``domain.alerts``), and Dagster (a sensor asks ``pending``, a job calls ``tell``).

A message is booked before it is sent and settled when it was accepted. A crash in between sends it again under the same
id: at least once. Nothing here reads or changes a meeting's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from artifact_assets.domain.alert_ports import AlertBook, Source
from artifact_assets.domain.alerts import Alert, AlertPolicy, Changes, Condition, changes
from artifact_assets.domain.conditions import KINDS, UNDER_WAY, Rows, conditions_of
from artifact_assets.domain.dependency_ports import Dependencies
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.messages import Message, Messages, alarm, all_clear
from artifact_assets.domain.ports import Clock, Ledger
from artifact_assets.domain.states import IntentState, MeetingState

SEND_SECONDS = 30.0
"""How long one message is nobody else's to send: longer than the webhook's own timeout."""


@dataclass
class Told:
    """What one round came to. ``refused`` are the causes of messages that were not accepted."""

    fired: int = 0
    repeated: int = 0
    resolved: int = 0
    refused: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Alerting:
    """Rounds of telling. ``sources`` know of trouble that the ledger's rows do not show."""

    ledger: Ledger
    dependencies: Dependencies
    book: AlertBook
    messages: Messages
    clock: Clock
    policy: AlertPolicy
    sources: Sequence[Source] = ()

    def joined(self, *sources: Source) -> Alerting:
        """The same, asking more sources."""
        return replace(self, sources=(*self.sources, *sources))

    async def pending(self) -> Changes:
        """What there is to send now; remembers what was seen of open alerts."""
        conditions, unknown = await self._conditions()
        alerts, now = await self.book.open_alerts(), self.clock.now()
        wrong = {condition.key: condition for condition in conditions}
        seen = [replace(a, condition=wrong[a.key], seen_at=now) for a in alerts if a.key in wrong]
        await self.book.seen(seen)
        return changes(alerts, conditions, now, self.policy, unknown=unknown)

    async def tell(self) -> Told:
        """Send what is news. A message that is not accepted stays news; the next round sends it."""
        news, told = await self.pending(), Told()
        for alert in news.to_fire:
            told.fired += await self._sent(alert, told)
        for alert in news.to_repeat:
            told.repeated += await self._sent(alert, told)
        for alert in news.to_resolve:
            told.resolved += await self._sent(alert, told, over=True)
        return told

    async def _sent(self, alert: Alert, told: Told, *, over: bool = False) -> bool:
        now = self.clock.now()
        begun = await self.book.begin(alert, now, SEND_SECONDS)
        if begun is None:
            return False
        message: Message = all_clear(begun, now) if over else alarm(begun)
        try:
            await self.messages.send(message)
        except PipelineError as error:
            told.refused.append(error.cause)
            return False
        if over:
            await self.book.resolved(begun, self.clock.now())
        else:
            await self.book.accepted(begun, self.clock.now())
        return True

    async def _conditions(self) -> tuple[list[Condition], frozenset[str]]:
        """Everything that is wrong, and the kinds nobody could look at."""
        unknown = frozenset[str]()
        now = self.clock.now()
        found: list[Condition] = []
        for source in (Source(KINDS, lambda _: self._of_ledger()), *self.sources):
            try:
                found += await source.conditions(now)
            except PipelineError:
                unknown |= source.kinds
        return found, unknown

    async def _of_ledger(self) -> Sequence[Condition]:
        # By state: these are few, and all of them together are not.
        rows = Rows(
            [
                meeting
                for state in (MeetingState.FAILED, MeetingState.DEFERRED, *UNDER_WAY)
                for meeting in await self.ledger.meetings(state=state)
            ],
            (
                *await self.ledger.intents(state=IntentState.DEAD_LETTER),
                *await self.ledger.intents(state=IntentState.UNCERTAIN),
            ),
            await self.dependencies.health(),
            await self.ledger.destination_rows(),
        )
        return conditions_of(rows, self.clock.now(), self.policy)
