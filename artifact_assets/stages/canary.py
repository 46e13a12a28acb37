"""Trying another prompt on live meetings, after they are through.

What belongs here: extracting and judging once more, comparing, keeping the report. What does not: choosing (see
``domain.canary``). Nothing of it reaches a checkpoint, an item, an intent or a destination, and whatever goes wrong in it
ends as a report or as nothing: the meeting is done.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from artifact_assets.domain.art.identity import KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.artifact import Artifact, Item, ItemState
from artifact_assets.domain.canary import CanaryBook, CanaryPolicy, CanaryReport
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.extracted import brief_for


@dataclass(frozen=True)
class Canary:
    """The other prompt. ``extractor`` opens it, and may fail: its file is read only when it is needed."""

    policy: CanaryPolicy
    extractor: Callable[[], AbstractContextManager[Extractor]]
    book: CanaryBook

    async def over(self, cases: Sequence[Case]) -> None:
        """Try the chosen ones among ``cases``. Takes at most ``policy.seconds`` and never raises."""
        chosen = [case for case in cases if self.policy.takes(case.meeting.meeting_id)]
        # A comparison is worth less than the end of a run, whatever went wrong with it.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(self.policy.seconds):
                await asyncio.gather(*(self._one(case) for case in chosen), return_exceptions=True)

    async def _one(self, case: Case) -> None:
        clock = case.equipment.clock
        began = clock.monotonic()
        try:
            report = await self._tried(case)
        except PipelineError as failure:
            report = self._failed(case, failure.failure_class, failure.cause)
        except Exception as error:  # noqa: BLE001 - a broken try must be told and must not spread
            report = self._failed(case, FailureClass.INTERNAL_ERROR, f"The try broke with {type(error).__name__}.")
        await self.book.record(report.model_copy(update={"seconds": round(clock.monotonic() - began, 3)}))

    async def _tried(self, case: Case) -> CanaryReport:
        transcript, artifact = await case.transcript(), await case.artifact()
        brief = brief_for(case, transcript)
        if brief.errand is not None:
            # Live meetings go before it.
            brief = brief.model_copy(update={"errand": brief.errand.model_copy(update={"live": False})})
        with self.extractor() as extractor:
            extraction = await extractor.extract(transcript, case.documents[Stage.NORMALIZED], brief)
        policy = case.equipment.configuration.art
        judged = await asyncio.to_thread(judge, extraction, transcript, brief, policy)
        known = [KnownArtifactItem(item, item.state) for item in _current(artifact)]
        identified = assign_ids(case.equipment.tenant, artifact.meeting_id, judged.items, known, policy.identity)
        return CanaryReport(
            meeting_id=artifact.meeting_id,
            at=case.equipment.clock.now(),
            prompt=self.policy.prompt,
            prompt_digest=extraction.trace.prompt_digest,
            in_use=_states(_current(artifact)),
            other=_states(identified.items),
            kept=len(identified.kept),
            added=len(identified.added),
            gone=len(identified.superseded),
            held_for=dict(Counter(failure.code for item in identified.items for failure in item.failures)),
            cost=extraction.trace.cost,
        )

    def _failed(self, case: Case, failure_class: FailureClass, cause: str) -> CanaryReport:
        return CanaryReport(
            meeting_id=case.meeting.meeting_id,
            at=case.equipment.clock.now(),
            prompt=self.policy.prompt,
            failure_class=failure_class,
            cause=cause,
        )


def _current(artifact: Artifact) -> tuple[Item, ...]:
    return tuple(item for item in artifact.items if item.state is not ItemState.SUPERSEDED)


def _states(items: Sequence[Item]) -> dict[str, int]:
    return dict(Counter(item.state.value for item in items))
