"""Small talks for tests: lines of "Name: words" become a transcript; claims are read back by kind.

What belongs here: building and reading. What does not: assertions.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from artifact_assets.domain.artifact import ActionItem, Claim, Extraction, ItemKind
from artifact_assets.domain.brief import Brief, Vocabulary
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def transcript(*lines: str, language: str | None = "en", seconds: float = 5.0) -> Transcript:
    """One turn per line; a line without a name has no speaker."""
    turns: list[Turn] = []
    for index, line in enumerate(lines):
        name, mark, words = line.partition(": ")
        text = words if mark else line
        speaker = name if mark else None
        turns.append(Turn(index=index, speaker=speaker, start=index * seconds, end=(index + 1) * seconds, text=text))
    return Transcript(format="test", turns=tuple(turns), language=language)


def extracted(
    *lines: str,
    started_at: datetime | None = TUESDAY,
    vocabulary: Vocabulary | None = None,
    people: tuple[str, ...] = (),
) -> Extraction:
    """What the extractor makes of a talk."""
    brief = Brief(
        started_at=started_at,
        participants=tuple(Participant(name=name) for name in people),
        vocabulary=vocabulary or Vocabulary(),
    )
    return asyncio.run(DeterministicExtractor().extract(transcript(*lines), "d" * 64, brief))


def claims(extraction: Extraction, kind: ItemKind, *, suggested: bool = False) -> list[Claim]:
    """The claims of a kind that are delivered, or those only suggested."""
    return [c for c in extraction.claims if c.content.kind == kind and c.suggested is suggested]


def actions(*lines: str, suggested: bool = False, people: tuple[str, ...] = ()) -> list[ActionItem]:
    """The action items of a talk."""
    found = claims(extracted(*lines, people=people), ItemKind.ACTION_ITEM, suggested=suggested)
    return [claim.content for claim in found if isinstance(claim.content, ActionItem)]
