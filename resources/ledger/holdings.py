"""Where a meeting's words lie: every digest, path and batch the ledger knows of it.

What belongs here: reading them, and who else refers to a digest. What does not: removing anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, Row, bindparam, select

from artifact_assets.domain.erasure import CASE_MADE, Holdings
from resources.database.transaction import Transaction
from resources.ledger.batch_tables import BATCH_REQUESTS, BATCHES
from resources.ledger.erasure_tables import ERASURES
from resources.ledger.replay_tables import REPLAY_ENTRIES
from resources.ledger.rows import intent_from, meeting_from
from resources.ledger.tables import CHECKPOINTS, INTENTS, INTERVENTIONS, ITEMS, MEETINGS, MODEL_CALLS

REFERRING: tuple[Column[Any], ...] = (
    MEETINGS.c.transcript_digest,
    MEETINGS.c.sidecar_digest,
    CHECKPOINTS.c.document,
    ITEMS.c.document,
    MODEL_CALLS.c.response_document,
    BATCH_REQUESTS.c.line,
    REPLAY_ENTRIES.c.document,
)
"""Columns that name documents. Their tables have a ``meeting_id``; digests inside JSON are found by ``_inside``."""

_ID: BindParameter[str] = bindparam("b_id")
_OF_MEETING = {
    table.name: select(table).where(table.c.meeting_id == _ID)
    for table in (MEETINGS, CHECKPOINTS, ITEMS, MODEL_CALLS, BATCH_REQUESTS, REPLAY_ENTRIES, INTENTS, INTERVENTIONS)
}
_BATCHES = select(BATCHES.c.batch_id).where(
    BATCHES.c.key.in_(bindparam("keys", expanding=True)), BATCHES.c.batch_id.is_not(None)
)
_TWINS = select(MEETINGS.c.meeting_id).where(
    MEETINGS.c.transcript_digest.in_(bindparam("digests", expanding=True)),
    MEETINGS.c.meeting_id != _ID,
    MEETINGS.c.state != "erased",
)
OF_THE_MODEL = frozenset({MODEL_CALLS.name, BATCH_REQUESTS.name})
_WITHOUT = select(MEETINGS.c.meeting_id).where(MEETINGS.c.documents_gone_at.is_not(None))
_ELSEWHERE = [
    select(column.label("digest")).where(
        column.in_(bindparam("digests", expanding=True)),
        column.table.c.meeting_id != _ID,
        # An erased one keeps its digests, and no claim to the documents; nor does one whose documents went by retention.
        column.table.c.meeting_id.not_in(select(ERASURES.c.meeting_id)),
        *(() if column.table.name in OF_THE_MODEL else (column.table.c.meeting_id.not_in(_WITHOUT),)),
    )
    for column in REFERRING
]


def holdings(transaction: Transaction, requests: Sequence[str]) -> Sequence[Holdings | None]:
    """Where each meeting's words lie; None for an unknown one."""
    return [held_by(transaction, meeting_id) for meeting_id in requests]


def elsewhere(transaction: Transaction, digests: Iterable[str], meeting_id: str) -> frozenset[str]:
    """Those of ``digests`` that another meeting refers to."""
    wanted = sorted(set(digests))
    return frozenset(
        row.digest for statement in _ELSEWHERE for row in transaction.rows(statement, digests=wanted, b_id=meeting_id)
    )


def held_by(transaction: Transaction, meeting_id: str) -> Holdings | None:
    """Where one meeting's words lie; None for an unknown one."""
    rows = {name: transaction.rows(statement, b_id=meeting_id) for name, statement in _OF_MEETING.items()}
    if not rows["meetings"]:
        return None
    meeting = meeting_from(rows["meetings"][0])
    transcripts = {meeting.transcript_digest, *_inside(rows["checkpoints"], "transcript")}
    documents = {digest for digest in _documents(rows) if digest}
    keys = [row.batch_key for row in rows["batch_requests"] if row.batch_key]
    batches = [row.batch_id for row in transaction.rows(_BATCHES, keys=keys)]
    twins = transaction.rows(_TWINS, digests=sorted(transcripts), b_id=meeting_id)
    return Holdings(
        meeting=meeting,
        transcripts=tuple(sorted(transcripts)),
        documents=tuple(sorted(documents)),
        answers=tuple(sorted(_answers(rows, documents))),
        sources=tuple(filter(None, (meeting.source, meeting.sidecar_source))),
        intents=tuple(intent_from(row) for row in sorted(rows["intents"], key=lambda row: row.id)),
        batches=tuple(sorted(set(batches))),
        cases=tuple(_cases(rows["interventions"])),
        twins=tuple(row.meeting_id for row in twins),
    )


def _documents(rows: dict[str, Sequence[Row[Any]]]) -> Iterator[str | None]:
    for column in REFERRING:
        for row in rows[column.table.name]:
            yield row._mapping[column.name]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
    # Transcripts and sidecars of earlier revisions, and what people decided.
    yield from _inside(rows["checkpoints"], "transcript")
    yield from _inside(rows["checkpoints"], "sidecar")
    yield from (row.details.get("decision") for row in rows["interventions"])


def _answers(rows: dict[str, Sequence[Row[Any]]], documents: set[str]) -> set[str]:
    """Documents that only calls of the model name, and not a stage too."""
    asked = {row.response_document for row in rows["model_calls"]} | {row.line for row in rows["batch_requests"]}
    others = {row.document for name in ("checkpoints", "items", "replay_entries") for row in rows[name]}
    return (asked & documents) - others


def _cases(interventions: Sequence[Row[Any]]) -> list[str]:
    told = [row.details.get("folder") for row in interventions if row.action == CASE_MADE]
    return list(dict.fromkeys(folder for folder in told if isinstance(folder, str)))


def _inside(checkpoints: Sequence[Row[Any]], name: str) -> Iterator[str]:
    """Digests that transcript checkpoints name among what determined them."""
    for row in checkpoints:
        told = row.components.get(name) if row.stage == "transcript" else None
        if isinstance(told, str):
            yield told
