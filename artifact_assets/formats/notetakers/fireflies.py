"""Fireflies: the GraphQL transcript (``data.transcript.sentences``) and the downloaded list of sentences.

What belongs here: Fireflies' keys. ``summary``, ``ai_filters`` and ``apps`` are its own conclusions, never speech.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, number, objects, pick, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import clock_seconds


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Fireflies transcript."""
    sentences, _ = _sentences(value)
    if not sentences:
        return 0.0
    first = sentences[0]
    if has(first, "speaker_name", "text") or has(first, "raw_text", "text"):
        return 0.95
    return 0.95 if has(first, "sentence", "speaker_name") or has(first, "sentence", "startTime") else 0.0


def read(value: Json) -> Reading:
    """Sentences with their speakers. Times are seconds, as numbers or texts, or clock times in the download."""
    sentences, path = _sentences(value)
    reading = Reading()
    transcript = _transcript(value)
    reading.title = string(transcript.get("title"))
    reading.started_at = instant(pick(transcript, "dateString", "date"))
    for _, person in objects(transcript.get("meeting_attendees")):
        name = string(person.get("displayName")) or string(person.get("name"))
        reading.add_participant(name, string(person.get("email")))
    emails = {person.email for person in reading.participants}
    for email in sequence(transcript.get("participants")):
        if isinstance(email, str) and "@" in email and email not in emails:
            reading.add_participant(None, email)
    for position, sentence in objects(list(sentences)):
        reading.say(
            words(pick(sentence, "text", "sentence", "raw_text")),
            cleaned(string(sentence.get("speaker_name"))),
            _time(pick(sentence, "start_time", "startTime", "time")),
            _time(pick(sentence, "end_time", "endTime")),
            f"{path}/{position}",
        )
    return reading


def _transcript(value: Json) -> dict[str, Json]:
    document = mapping(value)
    inner = mapping(mapping(document.get("data")).get("transcript"))
    return inner or mapping(document.get("transcript")) or document


def _sentences(value: Json) -> tuple[list[Json], str]:
    if isinstance(value, list):
        return value, ""
    document = mapping(value)
    path = "/sentences"
    if has(document.get("data"), "transcript"):
        path = "/data/transcript/sentences"
    elif isinstance(document.get("transcript"), dict):
        path = "/transcript/sentences"
    return sequence(_transcript(value).get("sentences")), path


def _time(value: Json) -> float | None:
    seconds = number(value)
    return clock_seconds(value) if seconds is None and isinstance(value, str) else seconds
