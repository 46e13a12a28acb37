"""What stands in the way of a write at the record itself, asked right before it is sent.

What belongs here: records that are closed, and fields that a later meeting already set. What does not: the rule (see
``domain.art.timeliness``) and whether a person changed the record (each adapter compares before it writes).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from artifact_assets.domain.art.timeliness import RecordFacts, judge_record
from artifact_assets.domain.artifact import FieldUpdate
from artifact_assets.domain.capabilities import Family
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.domain.refusals import Refusal
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.outcomes import field_key
from artifact_assets.stages.timely import as_of, content_of

KNOWN_SECONDS = 60.0
"""How long an answer about a record counts: twenty items of one meeting ask once, a drain of an hour asks again."""


@dataclass
class RecordGuard:
    """Refuses writes to records that must be left as they are. Remembers for a minute which records are closed."""

    equipment: Equipment
    _closed: dict[tuple[str, str], tuple[bool | None, float]] = field(
        default_factory=dict[tuple[str, str], tuple[bool | None, float]]
    )
    _asking: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict[tuple[str, str], asyncio.Lock])

    async def check(self, intent: Intent, destination: Destination) -> None:
        """Nothing, when the write may be made.

        Raises Refusal with a code of ``OVERTAKEN`` otherwise, and what the destination raises when it cannot be asked.
        The embedded store sees to later values by itself, and nothing there is ever closed.
        """
        content = content_of(intent.operation, intent.payload)
        if content is None or destination.family is Family.EMBEDDED:
            return
        held_at = as_of(intent.payload)
        confirmed = None
        if isinstance(content, FieldUpdate):
            there = (await self.equipment.ledger.fields_written([field_key(intent)])).get(field_key(intent))
            confirmed = there.as_of if there is not None else None
        facts = RecordFacts(confirmed, await self._is_closed(intent, destination))
        failures = judge_record(
            held_at, content, facts, self.equipment.clock.now(), self.equipment.configuration.art.timeliness
        )
        for failure in failures:
            raise Refusal(
                FailureClass.DESTINATION_REJECTED,
                f"Item {intent.item_id} of {intent.meeting_id} was not written to {destination.name}: {failure.reason}",
                "Nothing; or name another record under refs in the sidecar, then replay.",
                code=failure.code,
            )

    async def _is_closed(self, intent: Intent, destination: Destination) -> bool | None:
        record = (destination.name, repr(sorted(intent.target.items())))
        now = self.equipment.clock.monotonic()
        # Many writes to one record may be under way: the first of them asks, the others wait for its answer.
        async with self._asking.setdefault(record, asyncio.Lock()):
            known = self._closed.get(record)
            if known is None or now - known[1] > KNOWN_SECONDS:
                self._closed[record] = known = (await destination.closed(intent), now)
            return known[0]
