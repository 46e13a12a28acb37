"""Small meetings in which one thing is said, and the verdict on a claim about it.

What belongs here: the three speakers' meeting and short-hands for claims. What does not: tests.
"""

from __future__ import annotations

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import Content, FieldUpdate, ItemState
from artifact_assets.domain.transcript import Transcript
from tests.domain.meeting_of import STARTED, claim, extraction, meeting, sales_brief

BRIEF = sales_brief(STARTED, "Dana Whitfield", "Ravi Menon", "Mia Sato")


def verdict(transcript: Transcript, content: Content, quote: str, *turns: int) -> tuple[ItemState, set[str]]:
    item = judge(extraction(claim(content, quote, *turns)), transcript, BRIEF, ArtPolicy()).items[0]
    return item.state, {failure.code for failure in item.failures}


def said(text: str, content: Content, speaker: str = "Ravi Menon") -> set[str]:
    """Codes against a claim whose quote is all of the middle turn."""
    transcript = meeting(("Dana Whitfield", "Shall we go on?"), (speaker, text), ("Mia Sato", "Right, go ahead."))
    return verdict(transcript, content, text, 1)[1]


def value(field: str, text: str) -> FieldUpdate:
    name, _, rest = field.partition(".")
    return FieldUpdate(object=name, field=rest, value=text)
