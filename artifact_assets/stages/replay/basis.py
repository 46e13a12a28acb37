"""What a prepared meeting rests on, and whether the ledger has moved since.

What belongs here: the few facts whose change makes a plan wrong, and sentences about them. What does not: reading them.
Pure, apart from the decisions that are handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.records import Intent, Json, Opened
from artifact_assets.domain.states import STAGES, Stage


def basis_of(opened: Opened, decisions: Sequence[str]) -> Json:
    """What the ledger holds of a meeting that a plan builds on; keys and digests only."""
    return {
        "revision": opened.meeting.revision,
        "stages": {
            stage.value: latest.key
            for stage in STAGES
            if stage is not Stage.DELIVERED and (latest := opened.latest(stage)) is not None
        },
        "items": digest_of(sorted([item.item_id, item.state.value, item.document] for item in opened.items)),
        "decisions": digest_of(list(decisions)),
        "records": {record: digest_of(rows) for record, rows in _records(opened.intents).items()},
    }


def _records(intents: Sequence[Intent]) -> dict[str, list[list[str]]]:
    rows: dict[str, list[list[str]]] = {}
    for intent in intents:
        rows.setdefault(intent.record_key, []).append([intent.intent_key, intent.state.value])
    return {record: sorted(found) for record, found in rows.items()}


def moved_since(before: Json, now: Json) -> tuple[str, ...]:
    """Every way the ledger moved, each as half a sentence; empty when the plan still fits."""
    told: list[str] = []
    if before["revision"] != now["revision"]:
        told.append("a newer transcript arrived")
    stages: Json = before["stages"]
    newer = [name for name in {**stages, **now["stages"]} if stages.get(name) != now["stages"].get(name)]
    if newer:
        told.append(f"a newer result of {', '.join(newer)} was stored")
    if before["decisions"] != now["decisions"]:
        told.append("a person decided on its items")
    elif before["items"] != now["items"] and not newer:
        told.append("its items changed")
    records: Json = before["records"]
    changed = [key for key in {**records, **now["records"]} if records.get(key) != now["records"].get(key)]
    if changed:
        told.append(f"{len(changed)} of its records changed ({', '.join(key[:12] for key in sorted(changed)[:3])})")
    return tuple(told)
