"""Whisper and its family: OpenAI's segments, WhisperX with speakers and words, whisper.cpp's ``transcription``.

What belongs here: their keys. Whisper invents closing phrases over silence; they are kept, because only a person can
tell them from speech, and noted where they are known.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, scaled, sequence, string
from artifact_assets.formats.fields import words as text_of
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered

_INVENTED = ("transcribed by https://otter.ai", "thanks for watching", "subtitles by the amara.org community")


def sureness(value: Json) -> float:
    """How sure it is that ``value`` comes from Whisper."""
    document = mapping(value)
    if has(first_object(document.get("transcription")), "offsets", "text"):
        return 1.0
    segments = sequence(document.get("segments"))
    first = mapping(segments[0]) if segments else {}
    if "text" not in first or "startTime" in first:
        return 0.0
    known = any(key in first for key in ("avg_logprob", "no_speech_prob", "tokens", "seek", "words", "speaker"))
    if known or "language" in document or "task" in document or "word_segments" in document:
        return 0.95
    return 0.85 if isinstance(document.get("text"), str) or "start" in first else 0.0


def read(value: Json) -> Reading:
    """Segments; a WhisperX segment whose words have different speakers is read word by word."""
    document = mapping(value)
    reading = Reading(
        language=string(document.get("language")) or string(mapping(document.get("result")).get("language"))
    )
    for position, segment in objects(document.get("transcription")):
        offsets = mapping(segment.get("offsets"))
        _say(
            reading,
            text_of(segment.get("text")),
            None,
            scaled(offsets.get("from"), 0.001),
            scaled(offsets.get("to"), 0.001),
            f"/transcription/{position}",
        )
    for position, segment in objects(document.get("segments")):
        speaker = _voice(segment.get("speaker"))
        spoken = list(objects(segment.get("words")))
        voices = {_voice(word.get("speaker")) for _, word in spoken if word.get("speaker") is not None}
        if len(voices) > 1:
            _by_word(reading, spoken, speaker, position)
            continue
        _say(
            reading,
            text_of(segment.get("text")),
            speaker or (voices.pop() if voices else None),
            number(segment.get("start")),
            number(segment.get("end")),
            f"/segments/{position}",
        )
    return reading


def _by_word(reading: Reading, spoken: list[tuple[int, dict[str, Json]]], speaker: str | None, position: int) -> None:
    """Words of one segment; a word without its own speaker continues the word before."""
    for at, word in spoken:
        speaker = _voice(word.get("speaker")) or speaker
        text = text_of(word.get("word")) or text_of(word.get("text"))
        reading.say(
            text, speaker, number(word.get("start")), number(word.get("end")), f"/segments/{position}/words/{at}"
        )


def _say(
    reading: Reading, text: str, speaker: str | None, start: float | None, end: float | None, pointer: str
) -> None:
    if text.strip(" .!").casefold() in _INVENTED:
        reading.notes.add(
            "invented_phrase", "A segment is a phrase that Whisper is known to invent over silence.", pointer
        )
    reading.say(text, speaker, start, end, pointer)


def _voice(value: Json) -> str | None:
    return numbered(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
