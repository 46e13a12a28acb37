"""The judgement of an extraction: every claim against every rule, then the artifact as a whole.

What belongs here: the order of judging. What does not: the rules themselves (one file each beside this one), ids (see
``identity``), people's decisions (see ``decisions``) and time (see ``timeliness``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from artifact_assets.domain.art.codes import Code, failure, state_of
from artifact_assets.domain.art.dates import dates
from artifact_assets.domain.art.duplicates import capped, latest_values, merged
from artifact_assets.domain.art.fields import field_values
from artifact_assets.domain.art.judged import JudgedItem, Judgement, place_of
from artifact_assets.domain.art.names import names
from artifact_assets.domain.art.orders import orders
from artifact_assets.domain.art.owners import owners
from artifact_assets.domain.art.polarity import polarity
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.art.quotes import quotes
from artifact_assets.domain.art.relevance import relevance
from artifact_assets.domain.art.retraction import retractions
from artifact_assets.domain.art.subject import Scene, Subject
from artifact_assets.domain.art.values import addresses, numbers, text_support
from artifact_assets.domain.art.vocabulary import vocabulary
from artifact_assets.domain.artifact import (
    Alignment,
    Claim,
    Content,
    Evidence,
    Extraction,
    GroundedEvidence,
    ItemState,
    RuleFailure,
)
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.grounding.ground import ground
from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.transcript import Transcript

Rule = Callable[[Subject], Iterable[RuleFailure]]

RULES: tuple[Rule, ...] = (
    quotes,
    orders,
    owners,
    numbers,
    names,
    addresses,
    dates,
    field_values,
    text_support,
    polarity,
    vocabulary,
    relevance,
)
"""Every rule on a single claim. Each gives all its reasons; none stops another."""


def judge(extraction: Extraction, transcript: Transcript, brief: Brief, policy: ArtPolicy) -> Judgement:
    """The verdict on every claim of ``extraction``. The same claims in another order get the same verdict."""
    return judge_all(scene_of(transcript, brief, policy), extraction)


def judge_all(scene: Scene, extraction: Extraction) -> Judgement:
    """``judge`` in a prepared meeting. What the extractor itself found wrong with its answer counts too."""
    judgement = judge_in(scene, extraction.claims)
    return judgement.model_copy(update={"failures": (*extraction.failures, *judgement.failures)})


def scene_of(transcript: Transcript, brief: Brief, policy: ArtPolicy) -> Scene:
    """The meeting prepared for judging; worth keeping where claims are judged one at a time."""
    return Scene(transcript, TranscriptIndex.of(transcript, policy.grounding.interruption_turns), brief, policy)


def judge_in(scene: Scene, claims: Iterable[Claim]) -> Judgement:
    """The verdict on ``claims`` in a prepared meeting."""
    subjects = sorted((_subject(claim, scene) for claim in claims), key=_order)
    taken_back = retractions(subjects, scene)
    judged = tuple(_judged(subject, taken_back.get(n, ())) for n, subject in enumerate(subjects))
    items = capped(latest_values(merged(judged, scene.policy)), scene.policy.max_items)
    return Judgement(items=items, failures=_gate(judged, scene.policy))


def _subject(claim: Claim, scene: Scene) -> Subject:
    grounded = tuple(ground(evidence, scene.index, scene.policy.grounding) for evidence in claim.evidence)
    return Subject(claim, grounded, scene)


def _judged(subject: Subject, taken_back: tuple[RuleFailure, ...]) -> JudgedItem:
    failures = (*(found for rule in RULES for found in rule(subject)), *taken_back)
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


def _order(subject: Subject) -> tuple[tuple[int, int, int], bytes]:
    """Time order, then wording: whatever order an extractor lists its claims in, the judgement is the same."""
    return place_of(subject.evidence), to_bytes(subject.claim)


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


def recheck_in(
    scene: Scene, content: Content, evidence: Iterable[Evidence]
) -> tuple[tuple[GroundedEvidence, ...], tuple[RuleFailure, ...]]:
    """One content with quotes judged by itself: its evidence found again, and every reason against it."""
    quoted = tuple(Evidence(turns=e.turns, quote=e.quote) for e in evidence)
    item = judge_in(scene, [Claim(content=content, evidence=quoted)]).items[0]
    return item.evidence, item.failures
