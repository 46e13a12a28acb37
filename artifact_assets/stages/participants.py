"""Which meetings a person is in.

What belongs here: finding them in stored sidecars and transcripts. What does not: people who are only spoken of, whom no list
of participants names.
"""

from __future__ import annotations

from collections.abc import Callable

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.ports import ArtifactStore, Ledger
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import MeetingState, Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.case import parse_sidecar


async def meetings_with(
    email: str, ledger: Ledger, store: ArtifactStore, looked_at: Callable[[], None] = lambda: None
) -> tuple[list[Meeting], list[str]]:
    """Meetings with this address among their participants, and ids of those whose documents could not be read."""
    wanted, found, unread = email.strip().casefold(), list[Meeting](), list[str]()
    for meeting in await ledger.meetings():
        looked_at()
        # Without documents and without a file's name, nothing is left that could name anybody.
        if meeting.state is MeetingState.ERASED or (meeting.documents_gone_at is not None and not meeting.file_name):
            continue
        try:
            people = await _participants(meeting, ledger, store)
        except (PipelineError, ValueError):
            unread.append(meeting.meeting_id)
            continue
        if any(person.email is not None and person.email.strip().casefold() == wanted for person in people):
            found.append(meeting)
    return found, unread


async def _participants(meeting: Meeting, ledger: Ledger, store: ArtifactStore) -> list[Participant]:
    people: list[Participant] = []
    if meeting.sidecar_digest is not None:
        people += parse_sidecar(await store.get(meeting.sidecar_digest), meeting.meeting_id).participants
    # Of earlier revisions too: a correction may have taken the person out of the list, and not out of the words.
    for checkpoint in await ledger.checkpoints(meeting.meeting_id):
        if checkpoint.stage is Stage.NORMALIZED:
            people += Transcript.model_validate_json(await store.get(checkpoint.document)).participants
    return people
