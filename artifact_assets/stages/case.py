"""One meeting on its way through the stages of one walk.

What belongs here: what the stages of a meeting hand to each other, and reading it back from the store. What does not:
deciding anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from artifact_assets.domain.artifact import Artifact, Extraction
from artifact_assets.domain.documents import Document, to_bytes
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.records import Meeting, Opened
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.equipment import Equipment

D = TypeVar("D", bound=Document)


@dataclass
class Case:
    """A meeting held under a lease by ``owner``. ``documents`` maps finished stages to their document's digest.

    ``backfill`` names the one this passage belongs to; live meetings go before it. ``decided`` are the documents of what people
    decided about its items, once somebody asked.
    """

    equipment: Equipment
    run_id: str
    owner: str
    opened: Opened
    meeting: Meeting
    documents: dict[Stage, str] = field(default_factory=dict[Stage, str])
    backfill: str | None = None
    decided: tuple[str, ...] | None = None
    received: bytes | None = None
    """The transcript while it was just stored and nobody has read it since."""
    _sidecar: Sidecar | None = None
    _read: dict[str, Document] = field(default_factory=dict[str, Document])

    async def content(self) -> bytes:
        """The transcript as received."""
        received, self.received = self.received, None
        return received if received is not None else await self.equipment.store.get(self.documents[Stage.TRANSCRIPT])

    async def sidecar(self) -> Sidecar:
        """The sidecar as received, empty when there is none."""
        if self._sidecar is None:
            digest = self.meeting.sidecar_digest
            content = await self.equipment.store.get(digest) if digest else b"{}"
            self._sidecar = parse_sidecar(content, self.meeting.meeting_id)
        return self._sidecar

    async def transcript(self) -> Transcript:
        """The normalized transcript."""
        return await self._document(Stage.NORMALIZED, Transcript)

    async def extraction(self) -> Extraction:
        """The stored claims."""
        return await self._document(Stage.EXTRACTED, Extraction)

    async def artifact(self) -> Artifact:
        """The validated artifact."""
        return await self._document(Stage.VALIDATED, Artifact)

    async def keep(self, document: Document) -> str:
        """Put a stage's document into the store; its digest. The stages after it do not have to read it again."""
        digest = await self.equipment.store.put(to_bytes(document))
        self._read[digest] = document
        return digest

    async def _document(self, stage: Stage, kind: type[D]) -> D:
        digest = self.documents[stage]
        known = self._read.get(digest)
        if not isinstance(known, kind):
            known = kind.model_validate_json(await self.equipment.store.get(digest))
            self._read[digest] = known
        return known

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
