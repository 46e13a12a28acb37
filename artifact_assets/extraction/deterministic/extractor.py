"""The extractor without a model: rules over sentences and a small linear scorer. Same transcript and brief in, same claims out.

What belongs here: running the rules and stating what they could not do. What does not: any rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from artifact_assets.domain.artifact import (
    ActionItem,
    Claim,
    Content,
    Decision,
    Evidence,
    Extraction,
    ExtractorTrace,
    ItemKind,
    NextStep,
)
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.transcript import ReadingNote, Transcript
from artifact_assets.extraction.deterministic.commitments import promises, taken
from artifact_assets.extraction.deterministic.decisions import decided
from artifact_assets.extraction.deterministic.due_dates import meeting_day
from artifact_assets.extraction.deterministic.fields import field_claims
from artifact_assets.extraction.deterministic.findings import Finding
from artifact_assets.extraction.deterministic.judgement import judged
from artifact_assets.extraction.deterministic.languages import LANGUAGES, supported
from artifact_assets.extraction.deterministic.machine_orders import without_orders
from artifact_assets.extraction.deterministic.next_steps import next_step
from artifact_assets.extraction.deterministic.people import People
from artifact_assets.extraction.deterministic.requests import assigned, requested
from artifact_assets.extraction.deterministic.revisions import revised
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.scoring.weights import action_scorer, thresholds, weights_digest
from artifact_assets.extraction.deterministic.tags import tag_claims
from artifact_assets.extraction.deterministic.talk import talk_of
from artifact_assets.extraction.deterministic.wording import gist

NAME = "deterministic"
# Raised whenever a rule, a word list or the weights change: stored extractions of another version are stale.
VERSION = "2"
LONG_SECONDS = 600
LONG_WORDS = 1500


class DeterministicExtractor:
    """Rules in English over the talk. Implements ``domain.ports.Extractor``; never fails, calls nothing outside."""

    languages = LANGUAGES

    @property
    def identity(self) -> Mapping[str, str]:
        """What determines the outcome besides transcript and brief."""
        return {"extractor": NAME, "version": VERSION, "weights": weights_digest()}

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The claims, in the order of their evidence."""
        return extraction(transcript, transcript_digest, brief)


def extraction(transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
    """What ``DeterministicExtractor.extract`` answers, as a plain function."""
    claims: tuple[Claim, ...] = ()
    warnings: tuple[ReadingNote, ...] = ()
    if not supported(transcript):
        reason = (
            f"The rules understand {', '.join(LANGUAGES)} only, so nothing was extracted. Use a model for this meeting."
        )
        warnings = (ReadingNote(code="language_not_supported", message=reason),)
    else:
        claims = _claims(transcript, brief)
        if not claims and _is_long(transcript):
            reason = "A long meeting without a single item: check the transcript, or extract it with a model."
            warnings = (ReadingNote(code="no_items_found", message=reason),)
    trace = ExtractorTrace(
        extractor=NAME, version=VERSION, parameters={"languages": ",".join(LANGUAGES), "weights": weights_digest()[:12]}
    )
    return Extraction(transcript_digest=transcript_digest, trace=trace, claims=claims, warnings=warnings)


def _claims(transcript: Transcript, brief: Brief) -> tuple[Claim, ...]:
    talk = talk_of(without_orders(transcript))
    names = [person.name for person in (*brief.participants, *transcript.participants)]
    today = meeting_day(brief.started_at, transcript.started_at)
    scene = Scene(talk, People(transcript.speakers, names), today)
    likely = action_scorer().probabilities(talk, scene.people.mask)
    found = judged(scene, revised(scene, _found(scene)), likely, thresholds())
    vocabulary = brief.vocabulary
    return (
        *(_claim(finding) for finding in found),
        *field_claims(scene, vocabulary.fields),
        *tag_claims(talk, vocabulary.tags),
    )


def _found(scene: Scene) -> Iterator[Finding]:
    for sentence in scene.talk.sentences:
        accepted = list(taken(scene, sentence))
        yield from accepted
        # "I'll take that" is the task it accepts, not another one.
        yield from (found for found in promises(scene, sentence) if not accepted or gist(found.text))
        yield from requested(scene, sentence)
        yield from assigned(scene, sentence)
        for found in (decided(scene, sentence), next_step(scene, sentence)):
            if found is not None:
                yield found


def _claim(finding: Finding) -> Claim:
    evidence = tuple(Evidence(turns=(quote.turn,), quote=quote.text) for quote in finding.quotes)
    return Claim(
        content=_content(finding), evidence=evidence, confidence=finding.confidence, suggested=not finding.firm
    )


def _content(finding: Finding) -> Content:
    due_text = finding.due.text if finding.due else None
    due = finding.due.day if finding.due else None
    if finding.kind is ItemKind.DECISION:
        return Decision(text=finding.text)
    if finding.kind is ItemKind.NEXT_STEP:
        return NextStep(text=finding.text, due=due, due_text=due_text)
    return ActionItem(text=finding.text, owner=finding.owner, due=due, due_text=due_text)


def _is_long(transcript: Transcript) -> bool:
    times = [time for turn in transcript.turns for time in (turn.start, turn.end) if time is not None]
    return transcript.word_count > LONG_WORDS or (bool(times) and max(times) - min(times) > LONG_SECONDS)
