"""An extractor with a bug, planted: of the meetings about a pilot it damages what it finds.

What belongs here: the bug and its fix. What does not: what a replay makes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from artifact_assets.domain.artifact import ActionItem, Claim, Decision, Extraction
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor


@dataclass
class PlantedBug:
    """The rules, behind a bug until it is ``fixed``; ``asked`` counts meetings by version, ``down`` refuses them."""

    fixed: bool = False
    down: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list[str])
    rules: DeterministicExtractor = field(default_factory=DeterministicExtractor)

    @property
    def identity(self) -> Mapping[str, str]:
        """Another version once it is fixed."""
        return {**self.rules.identity, "version": "2" if self.fixed else "1"}

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """What the rules find, damaged where the bug strikes."""
        meeting_id = brief.errand.meeting_id if brief.errand is not None else ""
        if meeting_id in self.down:
            raise PipelineError(FailureClass.MODEL_UNAVAILABLE, "It cannot be reached, so nothing was extracted.")
        self.asked.append(meeting_id)
        found = await self.rules.extract(transcript, transcript_digest, brief)
        if self.fixed or not any("pilot" in turn.text for turn in transcript.turns):
            return found
        return found.model_copy(update={"claims": tuple(_damaged(found.claims))})


def _damaged(claims: tuple[Claim, ...]) -> list[Claim]:
    """Decisions are lost, action items are nobody's and due never, and the greeting becomes a decision."""
    kept = [claim for claim in claims if not isinstance(claim.content, Decision)]
    damaged = [_nobodys(claim) for claim in kept]
    greeting = Claim.model_validate(
        {
            "content": {"kind": "decision", "text": "We start the pilot this week."},
            "evidence": [{"turns": [0], "quote": "We start the pilot this week."}],
        }
    )
    return [*damaged, greeting]


def _nobodys(claim: Claim) -> Claim:
    if not isinstance(claim.content, ActionItem):
        return claim
    changes: dict[str, Any] = {"owner": None, "due": None, "due_text": None}
    return claim.model_copy(update={"content": claim.content.model_copy(update=changes)})


def talk(name: str, *, pilot: bool) -> list[str]:
    """What is said in the meeting ``name``."""
    opening = "We start the pilot this week." if pilot else "Good morning, thanks for joining."
    return [
        f"Ana: {opening}",
        f"Ben: I'll send the revised quote for {name} to Carla by Friday.",
        f"Carla: We decided to go with the two year contract for {name}.",
    ]
