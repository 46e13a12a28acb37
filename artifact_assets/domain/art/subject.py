"""What a rule looks at: one grounded claim in its meeting.

What belongs here: the claim, the meeting around it, and the words of both at the distances rules ask for. What does
not: any rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.art.takebacks import TakeBack, takebacks_of
from artifact_assets.domain.artifact import Claim, Content, GroundedEvidence
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.transcript import Transcript, Turn

_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)]*\s+|\n+")


@dataclass(frozen=True)
class Scene:
    """The meeting, as every rule of one judgement sees it."""

    transcript: Transcript
    index: TranscriptIndex
    brief: Brief
    policy: ArtPolicy

    @cached_property
    def positions(self) -> dict[int, int]:
        """Place of each turn index in time order."""
        return {turn.index: at for at, turn in enumerate(self.transcript.turns)}

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Names of everybody known to be in the meeting: speakers and listed participants."""
        listed = [p.name for p in (*self.brief.participants, *self.transcript.participants)]
        return tuple(dict.fromkeys([*self.transcript.speakers, *listed]))

    @cached_property
    def takebacks(self) -> tuple[TakeBack, ...]:
        """Sentences of the meeting that may take something back, in time order."""
        return tuple(takebacks_of(self.transcript, self.index))

    def around(self, turn: int, before: int, after: int) -> tuple[Turn, ...]:
        """Turns from ``before`` turns earlier to ``after`` turns later in time order, the turn itself included."""
        at = self.positions[turn]
        return self.transcript.turns[max(0, at - before) : at + after + 1]


@dataclass(frozen=True)
class Subject:
    """One claim with its evidence found, or not found, in the meeting."""

    claim: Claim
    evidence: tuple[GroundedEvidence, ...]
    scene: Scene

    @property
    def content(self) -> Content:
        """What is claimed."""
        return self.claim.content

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """Turns in which a quote was found, in order."""
        return tuple(sorted({span.turn for evidence in self.evidence for span in evidence.spans}))

    @cached_property
    def said(self) -> tuple[str, ...]:
        """What was really said: the sentences each quote was found in, whole. The quote's own wording is never used."""
        return tuple(sentence for evidence in self.evidence for sentence in self.sentences(evidence))

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """The very words of the transcript each quote was found in, without the rest of their sentences."""
        return tuple(text for evidence in self.evidence for text in self.spans(evidence))

    def spans(self, evidence: GroundedEvidence) -> tuple[str, ...]:
        """The very words one quote was found in, one text per turn."""
        return tuple(self.scene.index.turns[s.turn].text[s.start : s.end] for s in evidence.spans)

    def sentences(self, evidence: GroundedEvidence) -> tuple[str, ...]:
        """The sentences of the transcript that one piece of evidence touches, one text per turn."""
        texts: list[str] = []
        for span in evidence.spans:
            text = self.scene.index.turns[span.turn].text
            start = max(
                (m.end() for m in _SENTENCE_END.finditer(text, 0, span.start)),
                default=0,
            )
            end_match = _SENTENCE_END.search(text, max(span.start, span.end - 1))
            texts.append(text[start : end_match.end() if end_match else len(text)].strip())
        return tuple(texts)

    @cached_property
    def context(self) -> tuple[Turn, ...]:
        """Turns around the evidence, as wide as the policy allows."""
        width = self.scene.policy.context_turns
        near = {t.index: t for turn in self.turns for t in self.scene.around(turn, width, width)}
        return tuple(near[index] for index in sorted(near))
