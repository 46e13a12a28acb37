"""Deepgram: utterances when asked for, else paragraphs, else words of each channel.

What belongs here: Deepgram's keys, with or without the ``results`` wrapper. Summaries, topics and intents are no speech.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import (
    Json,
    first_object,
    has,
    mapping,
    number,
    objects,
    pick,
    sequence,
    string,
    words,
)
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Deepgram response, or one alternative of it."""
    document = mapping(value)
    results = mapping(document.get("results"))
    if isinstance(results.get("channels"), list):
        return 1.0
    spoken = first_object(document.get("words"))
    if isinstance(document.get("transcript"), str) and ("punctuated_word" in spoken or "paragraphs" in document):
        return 0.95
    if isinstance(document.get("transcript"), str) and has(spoken, "word", "start", "end"):
        return 0.8
    return 0.7 if isinstance(results.get("utterances"), list) else 0.0


def read(value: Json) -> Reading:
    """The most exact form present, and only that: the same words appear in each."""
    document = mapping(value)
    reading = Reading(started_at=instant(mapping(document.get("metadata")).get("created")))
    results = mapping(document.get("results"))
    for position, utterance in objects(results.get("utterances")):
        reading.say(
            words(utterance.get("transcript")),
            _voice(utterance.get("speaker")),
            number(utterance.get("start")),
            number(utterance.get("end")),
            f"/results/utterances/{position}",
        )
    if reading.fragments:
        return reading
    channels = sequence(results.get("channels"))
    if not channels:
        _alternative(document, "", None, reading)
    for position, channel in objects(channels):
        reading.language = reading.language or string(channel.get("detected_language"))
        only = None if len(channels) == 1 else f"Speaker {position}"
        _alternative(
            first_object(channel.get("alternatives")), f"/results/channels/{position}/alternatives/0", only, reading
        )
    return reading


def _alternative(alternative: dict[str, Json], path: str, channel_voice: str | None, reading: Reading) -> None:
    before = len(reading.fragments)
    for at, paragraph in objects(mapping(alternative.get("paragraphs")).get("paragraphs")):
        voice = _voice(paragraph.get("speaker")) or channel_voice
        for position, sentence in objects(paragraph.get("sentences")):
            reading.say(
                words(sentence.get("text")),
                voice,
                number(sentence.get("start")),
                number(sentence.get("end")),
                f"{path}/paragraphs/paragraphs/{at}/sentences/{position}",
            )
    if len(reading.fragments) > before:
        return
    for position, word in objects(alternative.get("words")):
        reading.say(
            words(pick(word, "punctuated_word", "word")),
            _voice(word.get("speaker")) or channel_voice,
            number(word.get("start")),
            number(word.get("end")),
            f"{path}/words/{position}",
        )
    if len(reading.fragments) == before:
        reading.say(words(alternative.get("transcript")), channel_voice, None, None, f"{path}/transcript")


def _voice(value: Json) -> str | None:
    return numbered(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
