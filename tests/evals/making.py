"""Small datasets and items for tests of the evals.

What belongs here: making them. What does not: assertions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artifact_assets.domain.artifact import (
    ActionItem,
    Alignment,
    Artifact,
    Content,
    ExtractorTrace,
    GroundedEvidence,
    Item,
    ItemState,
    Span,
)
from evals.dataset.case import Expected, Forbidden
from evals.running.outcome import Outcome

TALK = (
    ("Ann Lee", "Morning. So the order form is still missing, right?"),
    ("Dan Miller", "Yes. I'll send you the signed order form by Friday."),
    ("Ann Lee", "Great. And we agreed to start with twenty five seats, not thirty."),
    ("Dan Miller", "Right. If we won the lottery I would buy you an island."),
    ("Ann Lee", "I'll call the warehouse tomorrow about the pallets."),
)
SIDECAR = {
    "started_at": "2026-11-17T10:00:00+01:00",
    "kind": "sales",
    "participants": [{"name": "Ann Lee"}, {"name": "Dan Miller"}],
}
ORDER_FORM: dict[str, Any] = {
    "id": "a1",
    "kind": "action_item",
    "text": "Send the signed order form",
    "evidence": [1],
    "quote": "I'll send you the signed order form by Friday",
    "owner": "Dan Miller",
    "due": "2026-11-20",
    "due_text": "by Friday",
}
WAREHOUSE: dict[str, Any] = {
    "id": "a2",
    "kind": "action_item",
    "text": "Call the warehouse about the pallets",
    "evidence": [4],
    "quote": "I'll call the warehouse tomorrow",
    "owner": "Ann Lee",
    "due": "2026-11-18",
    "due_text": "tomorrow",
}
ISLAND: dict[str, Any] = {"kind": None, "evidence": [3], "reason": "hypothetical"}


def vtt(turns: Sequence[tuple[str, str]] = TALK) -> str:
    """A WebVTT file with one cue a turn."""
    cues = [
        f"00:{at // 6:02}:{at % 6 * 10:02}.000 --> 00:{at // 6:02}:{at % 6 * 10 + 9:02}.000\n<v {who}>{words}\n"
        for at, (who, words) in enumerate(turns)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def case(name: str, **more: Any) -> dict[str, Any]:
    """A line of a dataset about ``TALK``."""
    return {
        "case": name,
        "domain": "sales",
        "transcript": "transcripts/talk.vtt",
        "sidecar": SIDECAR,
        "expected": [ORDER_FORM, WAREHOUSE],
        "forbidden": [ISLAND],
        **more,
    }


def dataset(folder: Path, cases: Sequence[Mapping[str, Any]], transcripts: Mapping[str, str] | None = None) -> Path:
    """A dataset folder with these cases; every transcript they name is ``TALK`` unless given."""
    (folder / "cases").mkdir(parents=True)
    (folder / "transcripts").mkdir()
    for name, text in {"talk.vtt": vtt(), **(transcripts or {})}.items():
        (folder / "transcripts" / name).write_text(text, encoding="utf-8")
    lines = "\n".join(json.dumps(one) for one in cases)
    (folder / "cases" / "some.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def item(content: Content, turn: int = 1, quote: str = "", *, state: ItemState = ItemState.ACCEPTED) -> Item:
    """An item on one turn of ``TALK``."""
    said = quote or TALK[turn][1]
    at = max(TALK[turn][1].find(said), 0)
    evidence = GroundedEvidence(
        turns=(turn,),
        quote=said,
        alignment=Alignment.EXACT,
        score=100,
        spans=(Span(turn=turn, start=at, end=at + len(said)),),
    )
    return Item(
        item_id=f"{content.kind}-{turn}-{abs(hash(said)) % 999}", content=content, evidence=(evidence,), state=state
    )


def outcome(name: str, *items: Item) -> Outcome:
    """What a system made of a case."""
    artifact = Artifact(
        meeting_id=name,
        revision="r",
        transcript_digest="t",
        extraction_digest="e",
        trace=ExtractorTrace(extractor="test", version="1"),
        items=items,
    )
    return Outcome(case=name, state="delivered", artifact=artifact)


def expected(**told: Any) -> Expected:
    """``ORDER_FORM`` with changes."""
    return Expected.model_validate({**ORDER_FORM, **told})


def forbidden(**told: Any) -> Forbidden:
    """``ISLAND`` with changes."""
    return Forbidden.model_validate({**ISLAND, **told})


def order_form(**told: Any) -> ActionItem:
    """The content that fits ``ORDER_FORM``, with changes."""
    return ActionItem.model_validate(
        {"text": "send you the signed order form", "owner": "Dan Miller", "due": "2026-11-20", **told}
    )
