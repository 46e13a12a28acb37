"""From a case to an artifact, as the product does it and without delivering anything.

What belongs here: reading, extracting, judging and numbering one case, with failures as values. What does not: many cases
(see ``running``) and building an extractor (see ``evals.systems``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from artifact_assets.domain.art.identity import assign_ids
from artifact_assets.domain.art.judged import Judgement
from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import Artifact, Extraction
from artifact_assets.domain.brief import Brief, Errand
from artifact_assets.domain.documents import sha256, to_bytes
from artifact_assets.domain.failures import Deferral, PipelineError
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.transcript import Transcript
from evals.dataset.meeting import EvalMeeting
from evals.recorded.answers import RecordingMissingError
from evals.running.outcome import Outcome, state_of

TENANT = "evals"
Judge = Callable[[Extraction, Transcript, Brief, ArtPolicy], Judgement]


@dataclass(frozen=True)
class Pipeline:
    """How a case is worked. ``judge`` is the product's unless a seeded defect replaces it."""

    extractor: Callable[[EvalMeeting, int], Extractor]
    judge: Judge = judge

    async def over(self, meeting: EvalMeeting, repeat: int = 0) -> Outcome:
        """The outcome of one case. Raises RecordingMissingError, which concerns the whole run."""
        began = perf_counter()
        name = meeting.case.case
        try:
            artifact = await self._artifact(meeting, repeat)
        except RecordingMissingError:
            raise
        except PipelineError as failure:
            return Outcome(
                case=name,
                repeat=repeat,
                state="deferred" if isinstance(failure, Deferral) else "failed",
                failure_class=failure.failure_class,
                cause=failure.cause,
                seconds=round(perf_counter() - began, 4),
            )
        return Outcome(
            case=name,
            repeat=repeat,
            state=state_of(artifact),
            artifact=artifact,
            seconds=round(perf_counter() - began, 4),
        )

    async def _artifact(self, meeting: EvalMeeting, repeat: int) -> Artifact:
        transcript = meeting.transcript()
        brief = brief_of(meeting, transcript, repeat)
        extraction = await self.extractor(meeting, repeat).extract(transcript, sha256(to_bytes(transcript)), brief)
        return artifact_of(meeting, transcript, extraction, self.judge(extraction, transcript, brief, art(meeting)))


def art(meeting: EvalMeeting) -> ArtPolicy:
    """The case's policy of judging."""
    return meeting.configuration.art


def brief_of(meeting: EvalMeeting, transcript: Transcript, repeat: int = 0) -> Brief:
    """What an extractor is told about the case, as the product tells it."""
    return Brief(
        kind=transcript.kind,
        started_at=transcript.started_at,
        participants=transcript.participants,
        vocabulary=meeting.configuration.vocabulary,
        errand=Errand(meeting_id=meeting.case.case, run_id=f"evals-{repeat}", live=False),
    )


def artifact_of(meeting: EvalMeeting, transcript: Transcript, extraction: Extraction, judgement: Judgement) -> Artifact:
    """The artifact of a judged extraction, numbered as a first extraction of this meeting."""
    case = meeting.case.case
    revision = sha256(meeting.content)
    return Artifact(
        meeting_id=case,
        revision=revision,
        transcript_digest=revision,
        extraction_digest=sha256(to_bytes(extraction)),
        trace=extraction.trace,
        items=assign_ids(TENANT, case, judgement.items, (), art(meeting).identity).items,
        failures=judgement.failures,
        warnings=transcript.warnings + extraction.warnings,
    )
