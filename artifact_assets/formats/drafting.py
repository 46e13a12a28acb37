"""A first draft of the sidecar, from what a file and its name tell, for a person to complete.

What belongs here: the draft. What does not: guesses; a key nobody tells stays empty.
"""

from __future__ import annotations

from datetime import UTC

from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.reading import DEFAULT_LIMITS, read_transcript
from artifact_assets.formats.speakers import is_placeholder


def draft_sidecar(content: bytes, file_name: str, *, limits: ReadingLimits = DEFAULT_LIMITS) -> Sidecar:
    """Title, start and people of a transcript. Raises PipelineError as ``read_transcript`` does.

    A start without a zone is written in UTC, because a sidecar needs an offset: the person corrects it. People are those
    the file lists, then speakers it names.
    """
    transcript = read_transcript(content, file_name=file_name, limits=limits)
    started_at = transcript.started_at
    if started_at is not None and started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=UTC)
    people = list(transcript.participants)
    listed = {person.name.casefold() for person in people}
    people.extend(
        Participant(name=speaker)
        for speaker in transcript.speakers
        if speaker.casefold() not in listed and not is_placeholder(speaker)
    )
    return Sidecar(title=transcript.title, started_at=started_at, kind=transcript.kind, participants=tuple(people))
