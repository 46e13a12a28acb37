"""A ledger of many meetings, filled in bulk.

What belongs here: rows as the pipeline leaves them, made by chance from a seed: mostly plain days, some failures, deferrals,
retries, edits by people, and a bad afternoon. What does not: measuring (see ``metrics_bench``).
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from resources.clock import SystemClock
from resources.ledger.ledger import open_ledger

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
DIGEST = "3f" * 32
KINDS = ("sales", "sales", "sales", "interview", "internal", "support")
PLACES = ("hubspot", "hubspot", "salesforce", "greenhouse", "records")
COMPONENTS = json.dumps({"version": "1", "normalized": DIGEST, "vocabulary": DIGEST, "art": DIGEST, "decisions": []})
METADATA = json.dumps({"turns": 412, "words": 8210, "minutes": 58.3, "participants": 4, "coverage": 0.99, "language": "en",
                       "format": "webvtt", "warnings": 0, "document": f"store/{DIGEST}"})  # fmt: skip
CHECKS = json.dumps([{"check": name, "passed": True, "severity": "WARN", "metadata": {"items": 3, "refused": 0}}
                     for name in ("accurate", "relevant", "timely")])  # fmt: skip
COPIED = 50_000
"""So many meetings are made by chance; more than that are copies of them, moved by minutes."""
_COLUMNS = {
    "meetings": "meeting_id source file_name transcript_digest revision state received_at updated_at size_bytes kind "
    "failure_class attempts items quarantined delivered",
    "transitions": "meeting_id before after at run_id attempt cause failure_class",
    "checkpoints": "meeting_id stage key components document run_id created_at metadata checks duration_seconds attempts "
    "event_pending",
    "items": "item_id meeting_id kind state document created_at updated_at",
    "intents": "intent_key record_key meeting_id item_id destination account operation target payload payload_digest revision "
    "sequence state failure_class attempts created_at updated_at",
    "attempts": "intent_key number started_at ended_at outcome code duration_seconds",
    "model_calls": "meeting_id run_id stage request_digest model parameters started_at duration_seconds attempts input_tokens "
    "cached_tokens output_tokens cost outcome failure_class",
    "interventions": "at who why action meeting_id item_id details",
}


def fill(file: Path, meetings: int, days: int, until: datetime, seed: int = 1) -> None:
    """Create the ledger ``file`` with meetings spread over the days before ``until``; fewer come at weekends."""
    open_ledger(f"sqlite:///{file}", tenant="default", clock=SystemClock()).close()
    chance = random.Random(seed)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    rows: Rows = {name: [] for name in _COLUMNS}
    made = min(meetings, COPIED)
    for number, received in enumerate(_arrivals(made, days, until, chance)):
        _meeting(rows, number, received, until, chance)
        if number % 20_000 == 0:
            _store(connection, rows)
    _store(connection, rows)
    _multiply(connection, round(meetings / made))
    connection.close()


def _arrivals(meetings: int, days: int, until: datetime, chance: random.Random) -> Iterator[datetime]:
    start = until - timedelta(days=days)
    weights = [0.15 if (start + timedelta(days=day)).weekday() >= 5 else 1.0 for day in range(days)]
    scale = meetings / sum(weights)
    for day, weight in enumerate(weights):
        times = sorted(min(max(chance.gauss(0.58, 0.13), 0.0), 0.999) for _ in range(round(scale * weight)))
        for share in times:
            yield start + timedelta(days=day + share)


def _meeting(rows: Rows, number: int, received: datetime, until: datetime, chance: random.Random) -> None:
    name, kind = f"meeting-{number:07d}", chance.choice(KINDS)
    model = "gpt-5-mini" if number % 5 else None
    bad_afternoon = (until.date() - received.date()).days == 9 and 14 <= received.hour < 16
    moves: list[tuple[str, datetime, str | None]] = [("received", received, None)]
    clock, walks = received + timedelta(seconds=chance.expovariate(1 / 8)), 1
    if chance.random() < 0.004:
        moves.append(("failed", clock, chance.choice(("unreadable_input", "unsupported_format", "empty_transcript"))))
        _end(rows, name, kind, moves, 0, walks)
        return
    for stage in ("transcript", "normalized"):
        clock += timedelta(seconds=chance.lognormvariate(-1.5, 0.5))
        _step(rows, name, stage, clock, chance.lognormvariate(-1.5, 0.5), METADATA, "[]")
    moves.append(("normalized", clock, None))
    clock = _extract(rows, name, model, clock, moves, chance, bad_afternoon)
    walks += sum(state == "deferred" for state, _, _ in moves)
    if moves[-1][0] == "failed":
        _end(rows, name, kind, moves, 0, walks)
        return
    clock += timedelta(seconds=chance.lognormvariate(-0.7, 0.4))
    _step(rows, name, "validated", clock, chance.lognormvariate(-0.7, 0.4), METADATA, CHECKS)
    moves.append(("validated", clock, None))
    refused = chance.random()
    items = 0 if refused < 0.03 else chance.choice((1, 2, 2, 3, 3, 4, 6))
    clock = _deliver(rows, name, items, clock, moves, chance)
    walks += sum(state == "deferred" for state, _, _ in moves) and 1
    _step(rows, name, "delivered", clock, chance.lognormvariate(0.2, 0.7), METADATA, CHECKS)
    moves.append(
        ("quarantined" if refused < 0.01 else "partially_delivered" if refused < 0.09 else "delivered", clock, None)
    )
    _end(rows, name, kind, moves, items, walks)


def _extract(rows: Rows, name: str, model: str | None, clock: datetime, moves: list[Any], chance: random.Random,
             bad_afternoon: bool) -> datetime:  # fmt: skip
    if model is not None and ((bad_afternoon and chance.random() < 0.8) or chance.random() < 0.006):
        for wait in (90, 400):
            clock += timedelta(seconds=20)
            moves.append(("deferred", clock, "model_unavailable" if bad_afternoon else "model_rate_limited"))
            clock += timedelta(seconds=wait)
    seconds = chance.lognormvariate(2.6, 0.5) if model else 0.4
    clock += timedelta(seconds=seconds)
    if model is not None:
        luck = chance.random()
        if luck < 0.012:
            _call(rows, name, model, clock, seconds, chance, "discarded", "model_output_invalid")
            clock += timedelta(seconds=seconds)
        if luck < 0.0015:
            moves.append(("failed", clock, "model_output_invalid"))
            return clock
        _call(rows, name, model, clock, seconds, chance, "answered", None)
    told = json.dumps({"extractor": "model" if model else "deterministic", "model": model, "prompt_version": "3", "claims": 4,
                       "input_tokens": 12_000, "output_tokens": 900, "cost_usd": 0.011, "document": DIGEST})  # fmt: skip
    _step(rows, name, "extracted", clock, seconds, told, "[]")
    moves.append(("extracted", clock, None))
    return clock


def _deliver(rows: Rows, name: str, items: int, clock: datetime, moves: list[Any], chance: random.Random) -> datetime:
    place = chance.choice(PLACES)
    slow = place == "salesforce" and chance.random() < 0.02
    if slow:
        moves.append(("deferred", clock + timedelta(seconds=9), "destination_rate_limited"))
    for item in range(items):
        key = f"{name}-{item}".ljust(64, "0")
        planned, sends = clock, 3 if slow else 1
        clock += timedelta(seconds=chance.lognormvariate(-0.8, 0.6) + (600 if slow else 0))
        luck = chance.random()
        state = ("rejected", "record_not_found") if luck < 0.006 else ("confirmed", None)
        rows["items"].append((f"{name}-{item}", name, "action_item", "accepted", DIGEST, _t(clock), _t(clock)))
        rows["intents"].append(
            (key, key, name, f"{name}-{item}", place, "1", "create_task", '{"deal":"7"}', '{"title":"' + "x" * 120 + '"}',
             DIGEST, DIGEST, item, state[0], state[1], sends, _t(planned), _t(clock))
        )  # fmt: skip
        for number in range(sends):
            last = number == sends - 1
            outcome = ("accepted" if state[1] is None else state[1]) if last else "destination_rate_limited"
            when = clock - timedelta(seconds=200 * (sends - 1 - number))
            rows["attempts"].append((key, number + 1, _t(when), _t(when), outcome, None, 0.4))
        if luck > 0.985 and place != "records":
            later = clock + timedelta(days=chance.uniform(0.1, 20))
            rows["attempts"].append((key, 9, _t(later), _t(later), "destination_conflict", "edited", 0.4))
    if chance.random() < 0.004:
        rows["interventions"].append((_t(clock), "ana", "-", "review_approve", name, None, "{}"))
    return clock


def _call(rows: Rows, name: str, model: str, at: datetime, seconds: float, chance: random.Random, outcome: str,
          failure_class: str | None) -> None:  # fmt: skip
    tokens = round(chance.lognormvariate(9.2, 0.4))
    rows["model_calls"].append(
        (name, "run", "extracted", DIGEST, model, "{}", _t(at - timedelta(seconds=seconds)), seconds, 1, tokens, 2000, 900,
         tokens * 9e-7, outcome, failure_class)
    )  # fmt: skip


def _step(rows: Rows, name: str, stage: str, at: datetime, seconds: float, metadata: str, checks: str) -> None:
    rows["checkpoints"].append(
        (name, stage, DIGEST, COMPONENTS, DIGEST, "run", _t(at), metadata, checks, seconds, 1, 0)
    )


def _end(
    rows: Rows, name: str, kind: str, moves: list[tuple[str, datetime, str | None]], items: int, walks: int
) -> None:
    state, at, why = moves[-1]
    source = f"/inbox/{name}.vtt"
    rows["meetings"].append(
        (
            name,
            source,
            f"{name}.vtt",
            DIGEST,
            DIGEST,
            state,
            _t(moves[0][1]),
            _t(at),
            28_000,
            kind,
            why,
            walks,
            items,
            0,
            items,
        )
    )
    before = None
    for after, when, failure in moves:
        rows["transitions"].append((name, before, after, _t(when), "0f3a7c52-run", 1, None, failure))
        before = after


def _t(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _store(connection: sqlite3.Connection, rows: Rows) -> None:
    with connection:
        for table, values in rows.items():
            columns = _COLUMNS[table].split()
            marks = ",".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})", values)
            values.clear()


def _multiply(connection: sqlite3.Connection, copies: int) -> None:
    """Copy everything: new ids and keys, times a few minutes later."""
    for copy in range(1, copies):
        with connection:
            for table, names in _COLUMNS.items():
                columns = names.split()
                told = ",".join(_copied(column, copy) for column in columns)
                connection.execute(
                    f"INSERT INTO {table} ({','.join(columns)}) SELECT {told} FROM {table} WHERE {_ID[table]} NOT LIKE '%~%'"
                )


_ID = {name: "intent_key" if name == "attempts" else "meeting_id" for name in _COLUMNS}


def _copied(column: str, copy: int) -> str:
    if column in {"meeting_id", "item_id", "intent_key", "record_key", "source"}:
        return f"{column} || '~{copy}'"
    if column == "at" or column.endswith("_at"):
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{copy} minutes')"
    return column
