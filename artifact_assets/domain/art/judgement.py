"""The judgement of an extraction: every claim against every rule, then the artifact as a whole.

What belongs here: the order of judging. What does not: the rules themselves (one file each beside this one), ids (see
``identity``), people's decisions (see ``decisions``) and time (see ``timeliness``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from artifact_assets.domain.art.codes import Code, failure, state_of
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.art.quotes import quotes
from artifact_assets.domain.art.subject import Scene, Subject
from artifact_assets.domain.art.vocabulary import vocabulary
from artifact_assets.domain.artifact import (
    Alignment,
    Claim,
    Content,
    Extraction,
    GroundedEvidence,
    ItemState,
    RuleFailure,
)
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.documents import Document
from artifact_assets.domain.grounding.ground import ground
from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.transcript import Transcript

Rule = Callable[[Subject], Iterable[RuleFailure]]

RULES: tuple[Rule, ...] = (quotes, vocabulary)
"""Every rule on a single claim. Each gives all its reasons; none stops another."""


class JudgedItem(Document):
    """A claim with its verdict, before it has an id. ``failures`` lists every reason; ``claims`` counts merged ones."""

    content: Content
    evidence: tuple[GroundedEvidence, ...]
    confidence: float | None = None
    state: ItemState
    failures: tuple[RuleFailure, ...] = ()
    claims: int = 1


class Judgement(Document):
    """The verdict on an extraction. With ``failures`` nothing of it is delivered."""

    items: tuple[JudgedItem, ...]
    failures: tuple[RuleFailure, ...] = ()


def judge(extraction: Extraction, transcript: Transcript, brief: Brief, policy: ArtPolicy) -> Judgement:
    """The verdict on every claim of ``extraction``. The same claims in another order get the same verdict."""
    index = TranscriptIndex.of(transcript, policy.grounding.interruption_turns)
    scene = Scene(transcript, index, brief, policy)
    subjects = [_subject(claim, scene) for claim in extraction.claims]
    items = tuple(sorted((_judged(subject) for subject in subjects), key=_order))
    return Judgement(items=items, failures=_gate(items, policy))


def _subject(claim: Claim, scene: Scene) -> Subject:
    grounded = tuple(ground(evidence, scene.index, scene.policy.grounding) for evidence in claim.evidence)
    return Subject(claim, grounded, scene)


def _judged(subject: Subject) -> JudgedItem:
    failures = tuple(found for rule in RULES for found in rule(subject))
    state = state_of(failures)
    if state is ItemState.ACCEPTED and subject.claim.suggested:
        state = ItemState.SUGGESTED
    return JudgedItem(
        content=subject.content,
        evidence=subject.evidence,
        confidence=subject.claim.confidence,
        state=state,
        failures=failures,
    )


def _order(item: JudgedItem) -> tuple[int, int, str, str]:
    spans = [span for evidence in item.evidence for span in evidence.spans]
    first = min(((span.turn, span.start) for span in spans), default=(1 << 30, 0))
    return (first[0], first[1], item.content.kind, item.content.model_dump_json())


def _gate(items: tuple[JudgedItem, ...], policy: ArtPolicy) -> tuple[RuleFailure, ...]:
    ungrounded = sum(any(e.alignment is Alignment.NONE for e in item.evidence) or not item.evidence for item in items)
    if len(items) >= policy.min_claims_for_gate and ungrounded > policy.max_ungrounded_share * len(items):
        return (
            failure(
                Code.EXTRACTION_SUSPECT,
                f"{ungrounded} of {len(items)} claims quote what nobody said.",
            ),
        )
    return ()
