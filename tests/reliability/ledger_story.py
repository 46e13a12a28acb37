"""A small ledger told by hand: what happened to six meetings on a Tuesday, row by row.

What belongs here: putting rows into a real ledger, and the story whose metrics the tests know by heart. What does not:
metrics. Rows are inserted as they are, so that the story does not depend on the code that usually writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, func, insert, select

from resources.database.engine import connect_engine, parsed_url
from resources.ledger.history_tables import REPAIRS
from resources.ledger.tables import (
    ATTEMPTS,
    CHECKPOINTS,
    INTENTS,
    INTERVENTIONS,
    ITEMS,
    MEETINGS,
    MODEL_CALLS,
    TRANSITIONS,
)

DAY = datetime(2026, 11, 17, tzinfo=UTC)


def at(clock: str, days: int = 0) -> datetime:
    """``08:00:30`` of the Tuesday, or of a day after it."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return DAY + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class Story:
    """Tells rows to the ledger at ``url``."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = connect_engine(parsed_url(url))

    def rows(self, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows."""
        with self.engine.begin() as connection:
            connection.execute(insert(table), [dict(v) for v in values])

    def count(self, table: Table) -> int:
        """How many rows there are."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def meeting(self, name: str, received: datetime, moves: Sequence[tuple[str, datetime] | tuple[str, datetime, str]],
                *, kind: str | None = "sales", backfill: str | None = None, walks: int = 1,
                items: int = 1) -> None:  # fmt: skip
        """A meeting received then, and its later transitions as (state, when, failure class)."""
        last = moves[-1] if moves else ("received", received)
        self.rows(MEETINGS, [{
            "meeting_id": name, "source": f"/inbox/{name}.vtt", "file_name": f"{name}.vtt", "transcript_digest": "a" * 64,
            "revision": "r" * 64, "state": last[0], "received_at": received, "updated_at": last[1], "size_bytes": 1,
            "kind": kind, "failure_class": last[2] if len(last) == 3 else None, "attempts": walks, "items": items,
            "quarantined": 0, "delivered": items, "backfill": backfill,
        }])  # fmt: skip
        states = ["", "received", *(move[0] for move in moves)]
        told: list[Any] = [("received", received), *moves]
        self.rows(TRANSITIONS, [
            {"meeting_id": name, "before": before or None, "after": move[0], "at": move[1], "run_id": "run", "attempt": 1,
             "cause": None, "failure_class": move[2] if len(move) == 3 else None}
            for before, move in zip(states, told, strict=False)
        ])  # fmt: skip

    def step(self, name: str, stage: str, when: datetime, seconds: float, **more: Any) -> None:
        """A stage's stored result."""
        number = self.count(CHECKPOINTS)
        self.rows(CHECKPOINTS, [{
            "meeting_id": name, "stage": stage, "key": f"{number:064d}", "components": more.pop("components", {}),
            "document": "d" * 64, "run_id": "run", "created_at": when, "metadata": more.pop("metadata", {}), "checks": [],
            "duration_seconds": seconds, "attempts": 1, "event_pending": False, **more,
        }])  # fmt: skip

    def extracted(self, name: str, when: datetime, seconds: float, model: str | None) -> None:
        """An extraction by a model, or by the rules."""
        made = {"extractor": "model" if model else "deterministic", "model": model, "claims": 2}
        self.step(name, "extracted", when, seconds, metadata=made)

    def item(self, name: str, item_id: str, state: str = "accepted") -> None:
        """A known item."""
        self.rows(ITEMS, [{
            "item_id": item_id, "meeting_id": name, "kind": "action_item", "state": state, "document": "e" * 64,
            "created_at": at("09:30:00"), "updated_at": at("09:30:00"),
        }])  # fmt: skip

    def write(self, name: str, item_id: str, key: str, state: str, planned: datetime, ended: datetime,
              *, destination: str = "hubspot", record: str | None = None, sends: int = 1,
              operation: str = "create_task", failure_class: str | None = None) -> None:  # fmt: skip
        """An intent as it stands."""
        self.rows(INTENTS, [{
            "intent_key": key, "record_key": record or f"record-{key}", "meeting_id": name, "item_id": item_id,
            "destination": destination, "account": "1", "operation": operation, "target": {"deal": "7"},
            "payload": {"title": "-"}, "payload_digest": f"digest-{key}", "revision": "r" * 64, "sequence": 0,
            "state": state, "failure_class": failure_class, "attempts": sends, "created_at": planned, "updated_at": ended,
        }])  # fmt: skip

    def send(self, key: str, outcome: str, when: datetime, code: str | None = None) -> None:
        """One try of one write, answered a second later."""
        self.rows(ATTEMPTS, [{
            "intent_key": key, "number": 1, "started_at": when - timedelta(seconds=1), "ended_at": when,
            "outcome": outcome, "code": code, "duration_seconds": 1.0,
        }])  # fmt: skip

    def call(self, name: str, when: datetime, outcome: str, failure_class: str | None = None, *,
             cost: float | None = None, tokens: tuple[int, int] | None = None, model: str = "m1") -> None:  # fmt: skip
        """One request to a model."""
        told = tokens or (None, None)
        self.rows(MODEL_CALLS, [{
            "meeting_id": name, "run_id": "run", "stage": "extracted", "request_digest": f"{self.count(MODEL_CALLS):064d}",
            "model": model, "parameters": {}, "started_at": when, "duration_seconds": 2.0, "attempts": 1,
            "input_tokens": told[0], "output_tokens": told[1], "cost": cost, "outcome": outcome,
            "failure_class": failure_class,
        }])  # fmt: skip

    def intervention(self, action: str, when: datetime, name: str | None = None) -> None:
        """Something a person did."""
        self.rows(INTERVENTIONS, [{
            "at": when, "who": "ops", "why": "-", "action": action, "meeting_id": name, "details": {},
        }])  # fmt: skip

    def repair(self, key: str, what: str, when: datetime) -> None:
        """What reconciliation noticed."""
        self.rows(REPAIRS, [{"intent_key": key, "what": what, "noticed_at": when}])


def tell(story: Story) -> None:
    """The Tuesday. Each meeting is there for one reason."""
    _plain(story)
    _deferred_twice(story)
    _failed_and_replayed(story)
    # Failed for good, and nobody has done anything about it.
    story.meeting("torn", at("10:00:00"), [("failed", at("10:00:05"), "unreadable_input")], kind=None, items=0)
    # Refused by the rules: the pipeline did its part.
    story.meeting("vague", at("12:00:00"), [("quarantined", at("12:00:20"))])
    story.extracted("vague", at("12:00:10"), 3.0, None)
    # Put off and still waiting.
    story.meeting("waits", at("23:00:00"), [("deferred", at("23:00:09"), "model_unavailable")], items=0)
    # No meeting's, and on the day after.
    story.intervention("destinations paused", at("01:00:00", days=1))


def _plain(story: Story) -> None:
    """Delivered in a minute; a needless replay at noon wrote one record again, which must never happen."""
    story.meeting("plain", at("08:00:00"), [
        ("normalized", at("08:00:10")), ("extracted", at("08:00:40")), ("validated", at("08:00:41")),
        ("delivered", at("08:01:00")),
    ], items=2)  # fmt: skip
    story.step("plain", "transcript", at("08:00:02"), 0.5)
    story.step("plain", "normalized", at("08:00:10"), 1.0)
    story.extracted("plain", at("08:00:40"), 25.0, "m1")
    story.step("plain", "validated", at("08:00:41"), 1.0)
    story.step("plain", "delivered", at("08:01:00"), 10.0)
    story.step("plain", "delivered", at("12:30:00"), 2.0)
    story.call("plain", at("08:00:12"), "answered", cost=0.02, tokens=(1000, 100))
    for number in (1, 2):
        story.item("plain", f"plain-{number}")
        story.write("plain", f"plain-{number}", f"p{number}", "confirmed", at("08:00:50"), at("08:01:00"))
        story.send(f"p{number}", "accepted", at("08:00:55"))
    story.send("p1", "accepted", at("12:29:59"))
    # Edited by a person three days later, as a later write to the same record found.
    story.write("plain", "plain-2", "p3", "conflict", at("09:00:00", 3), at("09:00:00", 3), record="record-p2",
                failure_class="destination_conflict")  # fmt: skip
    story.send("p3", "destination_conflict", at("09:00:00", 3), "edited")


def _deferred_twice(story: Story) -> None:
    """A meeting of a backfill whose destination was away; content A, then B, then A again, which is wanted."""
    story.meeting("away", at("08:00:00"), [
        ("deferred", at("08:01:00"), "destination_unavailable"), ("deferred", at("08:05:00"), "destination_unavailable"),
        ("delivered", at("08:10:00")),
    ], backfill="b1", walks=3)  # fmt: skip
    story.extracted("away", at("08:00:30"), 5.0, None)
    story.step("away", "delivered", at("08:10:00"), 20.0)
    story.item("away", "away-1")
    story.write("away", "away-1", "a1", "confirmed", at("08:00:40"), at("08:40:00"), destination="odoo",
                record="record-a", sends=3)  # fmt: skip
    story.write(
        "away", "away-1", "a2", "superseded", at("08:20:00"), at("08:40:00"), destination="odoo", record="record-a"
    )
    for outcome, when in (("destination_unavailable", "08:00:59"), ("cut off", "08:04:00"), ("not_found", "08:06:00"),
                          ("accepted", "08:09:40")):  # fmt: skip
        story.send("a1", outcome, at(when))
    story.send("a2", "accepted", at("08:30:00"))
    story.send("a1", "accepted", at("08:40:00"))
    # Deleted by a person, noticed too late to count as a repair of what we wrote.
    story.repair("a1", "deleted", at("08:00:00", days=20))


def _failed_and_replayed(story: Story) -> None:
    """An interview whose answer was invalid twice; a person replayed it two hours later, and one write was refused."""
    story.meeting("talk", at("09:00:00"), [
        ("failed", at("09:00:30"), "model_output_invalid"), ("partially_delivered", at("11:00:30")),
    ], kind="interview", walks=2)  # fmt: skip
    story.extracted("talk", at("11:00:00"), 60.0, "m2")
    story.step("talk", "delivered", at("11:00:30"), 4.0)
    story.call("talk", at("09:00:05"), "discarded", "model_output_invalid", cost=0.01, tokens=(500, 50), model="m2")
    story.call("talk", at("09:00:10"), "failed", "model_timeout", model="m2")
    story.call("talk", at("09:00:20"), "failed", "model_output_truncated", cost=0.03, tokens=(500, 450), model="m2")
    story.call("talk", at("10:59:30"), "answered", cost=0.04, tokens=(600, 60), model="m2")
    story.item("talk", "talk-1")
    story.write("talk", "talk-1", "t1", "confirmed", at("11:00:05"), at("11:00:20"))
    story.send("t1", "accepted", at("11:00:20"))
    story.write("talk", "talk-2", "t2", "rejected", at("11:00:05"), at("11:00:25"), failure_class="record_not_found")
    story.intervention("deliveries again", at("10:58:00"), "talk")
