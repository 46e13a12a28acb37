"""Gong: ``callTranscripts`` of the API, with the parties of ``/v2/calls/extensive`` when they are in the same file.

What belongs here: Gong's keys. A transcript alone knows only speaker ids; the parties turn them into people.
"""

from __future__ import annotations

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, mapping, objects, pick, scaled, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned

MILLISECONDS = 0.001


def sureness(value: Json) -> float:
    """How sure it is that ``value`` comes from Gong's API; its error bodies too, to be refused as such."""
    document = mapping(value)
    if isinstance(document.get("callTranscripts"), list):
        return 1.0
    return 0.9 if "requestId" in document and "errors" in document else 0.0


def read(value: Json) -> Reading:
    """Sentences with the names of their parties. Raises PipelineError for an error body and for several calls."""
    document = mapping(value)
    calls = sequence(document.get("callTranscripts"))
    if not calls:
        raise PipelineError(
            FailureClass.EMPTY_TRANSCRIPT,
            "The file is an answer of Gong's API without a transcript.",
            "Ask Gong for a call that was transcribed.",
        )
    if len(calls) > 1:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The file holds {len(calls)} Gong calls, and a transcript is one meeting.",
            "Pass one file per call.",
        )
    reading = Reading()
    names = _parties(document, string(mapping(calls[0]).get("callId")), reading)
    unknown: dict[str, str] = {}
    for at, monologue in objects(mapping(calls[0]).get("transcript")):
        speaker_id = string(monologue.get("speakerId"))
        speaker = names.get(speaker_id) if speaker_id else None
        if speaker is None and speaker_id:
            speaker = unknown.setdefault(speaker_id, f"Speaker {len(unknown) + 1}")
        for position, sentence in objects(monologue.get("sentences")):
            reading.say(
                words(sentence.get("text")),
                speaker,
                scaled(sentence.get("start"), MILLISECONDS),
                scaled(sentence.get("end"), MILLISECONDS),
                f"/callTranscripts/0/transcript/{at}/sentences/{position}",
            )
    if unknown:
        reading.notes.add(
            "no_parties", "The file has no parties for some Gong speaker ids; those speakers are numbered."
        )
    return reading


def _parties(document: dict[str, Json], call_id: str | None, reading: Reading) -> dict[str, str]:
    """Names by speaker id, and the parties as participants. Roles are Gong's affiliations."""
    lists: list[Json] = [document.get("parties")]
    for _, call in objects(document.get("calls")):
        meta = mapping(call.get("metaData"))
        if call_id in (None, string(meta.get("id")), string(call.get("id"))) or not meta:
            reading.title = reading.title or string(pick(meta, "title")) or string(call.get("title"))
            reading.started_at = reading.started_at or instant(pick(meta, "started", "scheduled"))
            lists.append(call.get("parties"))
    names: dict[str, str] = {}
    for parties in lists:
        for _, party in objects(parties):
            name = cleaned(string(party.get("name")))
            email = string(party.get("emailAddress"))
            reading.add_participant(name, email, string(party.get("affiliation")))
            for key in (string(party.get("speakerId")), string(party.get("id"))):
                if key and (name or email):
                    names.setdefault(key, name or email or "")
    return names
