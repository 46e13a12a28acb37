"""The usual true claim of each kind, and the verdict on it after one thing was changed.

What belongs here: what is said, what is claimed, and judging it. What does not: expectations (see ``degradation``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from artifact_assets.domain.art.judged import JudgedItem
from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import ActionItem, Content, Decision, FieldUpdate, ItemState, NextStep, Tag
from tests.domain.degradation import DELIVERED, EXPIRED, HELD, REPLACED
from tests.domain.meeting_of import STARTED, claim, extraction, meeting, sales_brief

Line = tuple[str, str]
LINES: Mapping[str, Line] = {
    "action_item": ("Ravi", "I'll send the revised pack to Carla by Friday."),
    "decision": ("Dana", "We decided to take the annual plan for Berlin."),
    "field_update": ("Ravi", "We need 40 seats for Berlin."),
    "tag": ("Mia", "The pricing is fine with us."),
    "next_step": ("Mia", "Let's meet again on Thursday about the rollout."),
}
CONTENTS: Mapping[str, Content] = {
    "action_item": ActionItem(text="Send the revised pack to Carla", owner="Ravi", due=date(2026, 11, 20)),
    "decision": Decision(text="Take the annual plan for Berlin"),
    "field_update": FieldUpdate(object="deal", field="seats", value="40"),
    "tag": Tag(tag="pricing"),
    "next_step": NextStep(text="Meet again about the rollout", due=date(2026, 11, 19)),
}
INVENTED = "nobody at this table ever uttered such words before"
BRIEF = sales_brief(STARTED, "Ravi", "Dana", "Mia")
OUTCOMES = {
    ItemState.ACCEPTED: DELIVERED,
    ItemState.QUARANTINED: HELD,
    ItemState.SUPERSEDED: REPLACED,
    ItemState.EXPIRED: EXPIRED,
}


def judged(
    kind: str,
    *,
    says: str | None = None,
    quote: str | None = None,
    cites: int = 1,
    then: Line | None = None,
    **changes: Any,
) -> JudgedItem:
    """The verdict on the usual claim of ``kind`` after one thing about it was changed."""
    speaker, text = LINES[kind]
    text = says or text
    lines = [("Dana", "Shall we go on?"), (speaker, text), *([then] if then else []), ("Ravi", "Right, fine by me.")]
    content = CONTENTS[kind].model_copy(update=changes)
    return judge(extraction(claim(content, quote or text, cites)), meeting(*lines), BRIEF, ArtPolicy()).items[0]
