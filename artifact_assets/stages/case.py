"""One meeting on its way through the stages of one walk.

What belongs here: what the stages of a meeting hand to each other, and reading it back from the store. What does not:
deciding anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from pydantic import ValidationError

from artifact_assets.domain.artifact import Artifact, Extraction
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.records import Meeting, Opened
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.equipment import Equipment


@dataclass
class Case:
    """A meeting held under a lease by ``owner``. ``documents`` maps finished stages to their document's digest.

    ``backfill`` names the one this passage belongs to; live meetings go before it.
    """

    equipment: Equipment
    run_id: str
    owner: str
    opened: Opened
    meeting: Meeting
    documents: dict[Stage, str] = field(default_factory=dict[Stage, str])
    backfill: str | None = None
    _sidecar: Sidecar | None = None
    _transcript: Transcript | None = None

    async def content(self) -> bytes:
        """The transcript as received."""
        return await self.equipment.store.get(self.documents[Stage.TRANSCRIPT])

    async def sidecar(self) -> Sidecar:
        """The sidecar as received, empty when there is none."""
        if self._sidecar is None:
            digest = self.meeting.sidecar_digest
            content = await self.equipment.store.get(digest) if digest else b"{}"
            self._sidecar = parse_sidecar(content, self.meeting.meeting_id)
        return self._sidecar

    async def transcript(self) -> Transcript:
        """The normalized transcript."""
        if self._transcript is None:
            content = await self.equipment.store.get(self.documents[Stage.NORMALIZED])
            self._transcript = Transcript.model_validate_json(content)
        return self._transcript

    async def extraction(self) -> Extraction:
        """The stored claims."""
        return Extraction.model_validate_json(await self.equipment.store.get(self.documents[Stage.EXTRACTED]))

    async def artifact(self) -> Artifact:
        """The validated artifact."""
        return Artifact.model_validate_json(await self.equipment.store.get(self.documents[Stage.VALIDATED]))

    def replaced(self, meeting: Meeting) -> None:
        """Go on with a newer revision of the same meeting."""
        self.meeting = meeting
        self._sidecar = None


def parse_sidecar(content: bytes, meeting_id: str) -> Sidecar:
    """The sidecar in ``content``. Raises PipelineError(unreadable_input) that names each wrong key."""
    remedy = "Correct the .meta.json file; every key is optional, see docs/own-meetings.md."
    try:
        loaded: object = json.loads(content.decode("utf-8-sig"))
        return Sidecar.model_validate(loaded)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'the file'}: "
            f"{'no such key' if item['type'] == 'extra_forbidden' else item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)[:5]
        )
        cause = f"The sidecar of {meeting_id} has wrong entries ({wrong}), so the meeting was not processed."
        raise PipelineError(FailureClass.UNREADABLE_INPUT, cause, remedy) from error
    except (ValueError, RecursionError) as error:
        cause = f"The sidecar of {meeting_id} is not JSON, so the meeting was not processed."
        raise PipelineError(FailureClass.UNREADABLE_INPUT, cause, remedy) from error
