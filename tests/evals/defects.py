"""Defects seeded into a working system, each as it could slip into a change. docs/evals.md shows the same table.

What belongs here: what breaks and how. What does not: asking the gate about it (see ``test_defects``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from artifact_assets.domain.art.codes import Code, state_of
from artifact_assets.domain.art.judged import JudgedItem, Judgement
from artifact_assets.domain.artifact import (
    ActionItem,
    Alignment,
    Claim,
    Decision,
    Evidence,
    Extraction,
    FieldUpdate,
    GroundedEvidence,
    ItemState,
    NextStep,
    Tag,
)
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.deterministic import extractor
from evals.dataset.meeting import EvalMeeting
from evals.running.outcome import Outcome
from evals.running.pipeline import brief_of

LONG = 600
"""Words: the longest fifth of the golden meetings."""


@dataclass(frozen=True)
class Broken:
    """One case on its way through a broken system."""

    meeting: EvalMeeting
    transcript: Transcript
    extraction: Extraction
    judgement: Judgement


@dataclass(frozen=True)
class Defect:
    """What breaks. One of the three steps is replaced: claims, judgement or outcome."""

    name: str
    like: str
    claims: Callable[[Broken], Iterable[Claim]] | None = None
    judgement: Callable[[Broken], Iterable[JudgedItem]] | None = None
    outcome: Callable[[Outcome, Broken | None], Outcome] | None = None


def _each(change: Callable[[Any], Mapping[str, Any] | None]) -> Callable[[Broken], Iterable[Claim]]:
    """Claims with their contents changed where ``change`` gives an update."""

    def claims(broken: Broken) -> Iterable[Claim]:
        for claim in broken.extraction.claims:
            update = change(claim.content)
            yield (
                claim
                if update is None
                else claim.model_copy(update={"content": claim.content.model_copy(update=dict(update))})
            )

    return claims


def _swapped_owners(broken: Broken) -> Iterable[Claim]:
    people = broken.transcript.speakers

    def other(content: Any) -> Mapping[str, Any] | None:
        if not isinstance(content, ActionItem) or content.owner not in people or len(people) < 2:
            return None
        return {"owner": people[(people.index(content.owner) + 1) % len(people)]}

    return _each(other)(broken)


def _late(content: Any) -> Mapping[str, Any] | None:
    due = isinstance(content, ActionItem | NextStep) and content.due
    return {"due": due + timedelta(days=1)} if due else None


def _ten_times(content: Any) -> Mapping[str, Any] | None:
    digits = isinstance(content, FieldUpdate) and content.value.isdigit()
    return {"value": f"{content.value}0"} if digits else None


def _quotes(change: Callable[[Evidence, int], Mapping[str, Any]]) -> Callable[[Broken], Iterable[Claim]]:
    def claims(broken: Broken) -> Iterable[Claim]:
        count = len(broken.transcript.turns)
        for claim in broken.extraction.claims:
            evidence = tuple(e.model_copy(update=dict(change(e, count))) for e in claim.evidence)
            yield claim.model_copy(update={"evidence": evidence})

    return claims


def _without(*codes: Code) -> Callable[[Broken], Iterable[JudgedItem]]:
    """The judgement of rules that never give ``codes``."""

    def items(broken: Broken) -> Iterable[JudgedItem]:
        for item in broken.judgement.items:
            left = tuple(failure for failure in item.failures if failure.code not in codes)
            if left == item.failures:
                yield item
            else:
                yield item.model_copy(update={"failures": left, "state": state_of(left)})

    return items


def _as_found(_: object, found: Iterable[object]) -> list[object]:
    return list(found)


def _unrevised(broken: Broken) -> Iterable[Claim]:
    """What the rules find when nothing said later changes it."""
    brief = brief_of(broken.meeting, broken.transcript)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extractor, "revised", _as_found)
        return extractor.extraction(broken.transcript, broken.extraction.transcript_digest, brief).claims


def _obeying(broken: Broken) -> Iterable[Claim]:
    """What the rules find when turns that speak to a machine are talk like any other."""
    brief = brief_of(broken.meeting, broken.transcript)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extractor, "without_orders", _as_it_is)
        return extractor.extraction(broken.transcript, broken.extraction.transcript_digest, brief).claims


def _as_it_is(transcript: Transcript) -> Transcript:
    return transcript


def _suggestions(broken: Broken) -> Iterable[JudgedItem]:
    for item in broken.judgement.items:
        suggested = item.state is ItemState.SUGGESTED
        yield item.model_copy(update={"state": ItemState.ACCEPTED}) if suggested else item


def _twice(broken: Broken) -> Iterable[JudgedItem]:
    for item in broken.judgement.items:
        yield item
        yield item


def _invention(broken: Broken) -> Iterable[JudgedItem]:
    yield from broken.judgement.items
    if broken.meeting.case.case == min(INVENTED_IN):
        quote = "I will have the board sign the merger papers"
        evidence = GroundedEvidence(turns=(0,), quote=quote, alignment=Alignment.FUZZY, score=71)
        content = ActionItem(text="have the board sign the merger papers", owner=broken.transcript.speakers[0])
        yield JudgedItem(content=content, evidence=(evidence,), state=ItemState.ACCEPTED)


INVENTED_IN = ("internal-weekly-ops",)


def _lost_format(outcome: Outcome, broken: Broken | None) -> Outcome:
    if broken is None or not broken.meeting.file_name.endswith(".json"):
        return outcome
    return Outcome(case=outcome.case, state="failed", failure_class=FailureClass.UNSUPPORTED_FORMAT, cause="Unknown.")


def _empty_success(outcome: Outcome, _: Broken | None) -> Outcome:
    return (
        outcome
        if outcome.artifact is not None
        else outcome.model_copy(update={"state": "delivered", "failure_class": None})
    )


def _steps(broken: Broken) -> Iterable[Claim]:
    for claim in broken.extraction.claims:
        content = claim.content
        if isinstance(content, ActionItem):
            step = NextStep(text=content.text, due=content.due, due_text=content.due_text)
            yield claim.model_copy(update={"content": step})
        else:
            yield claim


def _jokes(broken: Broken) -> Iterable[Claim]:
    """Everything somebody says with a first person becomes a decision."""
    yield from broken.extraction.claims
    for turn in broken.transcript.turns:
        if " if " in f" {turn.text.lower()} ":
            yield Claim(content=Decision(text=turn.text), evidence=(Evidence(turns=(turn.index,), quote=turn.text),))


DEFECTS = (
    Defect(
        "owners dropped",
        "the owner is no longer carried over from the finding to the claim",
        claims=_each(lambda content: {"owner": None} if isinstance(content, ActionItem) else None),
    ),
    Defect("owners swapped", "the listener is taken for the speaker", claims=_swapped_owners),
    Defect("due dates a day late", "days are counted from the day after the meeting", claims=_each(_late)),
    Defect(
        "due dates dropped",
        "the meeting's zone is lost, so nothing relative is resolved",
        claims=_each(
            lambda content: {"due": None, "due_text": None} if isinstance(content, ActionItem | NextStep) else None
        ),
    ),
    Defect("one item invented", "a quote that nobody said passes as grounded, once in all cases", judgement=_invention),
    Defect(
        "long meetings lost",
        f"a limit makes meetings over {LONG} words come back empty",
        claims=lambda broken: () if broken.transcript.word_count > LONG else broken.extraction.claims,
    ),
    Defect(
        "an injection obeyed",
        "neither the extractor nor the rules know an order to a machine",
        claims=_obeying,
        judgement=_without(Code.ORDER_TO_MACHINE),
    ),
    Defect("suggestions delivered", "what was only suggested counts as accepted", judgement=_suggestions),
    Defect(
        "taking back ignored",
        "neither the extractor nor the rules drop what is taken back or replaced",
        claims=_unrevised,
        judgement=_without(Code.RETRACTED, Code.POSSIBLY_RETRACTED, Code.VALUE_REPLACED),
    ),
    Defect(
        "tags lost",
        "phrases of the taxonomy are no longer looked for",
        claims=lambda broken: (c for c in broken.extraction.claims if not isinstance(c.content, Tag)),
    ),
    Defect(
        "evidence one turn off",
        "turns are counted from one",
        claims=_quotes(lambda e, count: {"turns": tuple(min(turn + 1, count - 1) for turn in e.turns)}),
    ),
    Defect("quotes reworded", "quotes are rewritten", claims=_quotes(lambda e, _: {"quote": e.quote[::-1]})),
    Defect("values ten times too large", "a decimal separator is lost", claims=_each(_ten_times)),
    Defect("every item twice", "merging of duplicates is gone", judgement=_twice),
    Defect("action items called next steps", "two kinds are confused", claims=_steps),
    Defect("conditions taken for decisions", "whatever is said with an if is settled", claims=_jokes),
    Defect("a format lost", "JSON transcripts are no longer recognized", outcome=_lost_format),
    Defect("an empty success", "a file without speech ends as delivered", outcome=_empty_success),
)
