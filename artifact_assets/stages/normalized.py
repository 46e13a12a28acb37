"""Stage 2, normalized: speakers, turns and times in one shape.

What belongs here: reading the received file, joining the sidecar, and refusing a revision that is another meeting. What
does not: formats themselves (see ``artifact_assets.formats``).
"""

from __future__ import annotations

from collections import Counter

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.records import Json
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.facts import facts_of
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import FORMATS_VERSION, read_transcript
from artifact_assets.formats.table import check_transcript
from artifact_assets.stages.case import Case
from artifact_assets.stages.stage import Outcome, StageWork

LEAST_SHARED = 0.15
"""A corrected transcript keeps most of its passages, and a second recognition with one word in three wrong a quarter.
Different meetings share at most 0.05 (every pair of the example meetings): single words would tell them apart no better
than 0.27 to 0.57."""
PASSAGE_WORDS = 3
FEWEST_PASSAGES_COMPARED = 50


async def _components(case: Case) -> Json:
    sidecar = await case.sidecar()
    return {
        "transcript": case.documents[Stage.TRANSCRIPT],
        "file_name": case.meeting.file_name,
        "sidecar": digest_of(_slice(sidecar)),
        "max_file_bytes": case.equipment.configuration.max_file_bytes,
    }


def _slice(sidecar: Sidecar) -> Json:
    """What normalization reads of the sidecar; a change of refs alone must not run it again."""
    return sidecar.model_dump(mode="json", include={"title", "started_at", "kind", "participants"})


async def _perform(case: Case) -> Outcome:
    content = await case.content()
    # Parsing is CPU work: off the event loop, so that a large file does not stall the other meetings.
    sidecar = await case.sidecar()
    transcript = await case.equipment.apart(lambda: _read(content, case, sidecar))
    await _refuse_another_meeting(case, transcript)
    digest = await case.keep(transcript)
    return Outcome(
        document=digest,
        kind=transcript.kind,
        metadata={**describe(transcript), "document": case.equipment.store.location(digest)},
    )


def _read(content: bytes, case: Case, sidecar: Sidecar) -> Transcript:
    """The canonical transcript, held to the table contract. Raises PipelineError."""
    limits = case.equipment.configuration.reading_limits
    transcript = join_sidecar(read_transcript(content, file_name=case.meeting.file_name, limits=limits), sidecar)
    check_transcript(case.meeting.meeting_id, transcript)
    return transcript


def describe(transcript: Transcript) -> Json:
    """Counts and codes of a transcript for people who may not read its words."""
    facts = facts_of(transcript)
    return {
        "format": facts.format,
        "turns": facts.turns,
        "words": facts.words,
        "minutes": round(facts.duration_seconds / 60, 1) if facts.duration_seconds is not None else None,
        "participants": facts.participants,
        "speakers_known": facts.speakers_known,
        "speakers_unknown": facts.speakers_unknown,
        "turns_without_speaker": facts.turns_without_speaker,
        "coverage": facts.coverage,
        "language": facts.language,
        "warnings": sum(facts.warnings.values()),
        "warning_codes": ", ".join(sorted(facts.warnings)) or None,
    }


async def _refuse_another_meeting(case: Case, transcript: Transcript) -> None:
    """Raise when a new revision shares so little text with its predecessor that it must be another meeting."""
    earlier = case.opened.latest(Stage.NORMALIZED)
    if earlier is None or not await case.equipment.store.intact(earlier.document):
        return
    before = Transcript.model_validate_json(await case.equipment.store.get(earlier.document))
    shared = shared_passages(before, transcript)
    if shared is not None and shared < LEAST_SHARED:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The new transcript of {case.meeting.meeting_id} shares {shared:.0%} of its passages with the earlier one, so it "
            "was taken for another meeting under the same name and not processed.",
            "Give it a meeting_id of its own in its sidecar, or restore the right file.",
        )


def shared_passages(before: Transcript, after: Transcript) -> float | None:
    """Share (0..1) of the shorter transcript's three-word passages found in the other; None when too short to tell."""
    one, other = (_passages(transcript) for transcript in (before, after))
    smaller = min(one.total(), other.total())
    if smaller < FEWEST_PASSAGES_COMPARED:
        return None
    return (one & other).total() / smaller


def _passages(transcript: Transcript) -> Counter[tuple[str, ...]]:
    words = [word.strip(".,;:!?\"'").lower() for turn in transcript.turns for word in turn.text.split()]
    return Counter(tuple(words[at : at + PASSAGE_WORDS]) for at in range(len(words) - PASSAGE_WORDS + 1))


NORMALIZED = StageWork(Stage.NORMALIZED, FORMATS_VERSION, _components, _perform)
