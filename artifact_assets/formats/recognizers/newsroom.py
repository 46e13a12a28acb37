"""Transcript editors of newsrooms: BBC Kaldi, autoEdit 2 and Digital Paper Edit.

What belongs here: their keys. Words and speakers are in two lists, joined by time, or nested in paragraphs.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, pick, sequence, string
from artifact_assets.formats.fields import words as text_of
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned, numbered
from artifact_assets.formats.voices import Voices


def kaldi_sureness(value: Json) -> float:
    """How sure it is that ``value`` is a BBC Kaldi result."""
    inner = mapping(mapping(value).get("retval")) or mapping(value)
    return 1.0 if has(first_object(inner.get("words")), "word", "punct", "start") else 0.0


def read_kaldi(value: Json) -> Reading:
    """Punctuated words, with speakers of the segmentation (``S0``) by time."""
    document = mapping(value)
    wrapped = isinstance(document.get("retval"), dict)
    inner = mapping(document.get("retval")) if wrapped else document
    voices = Voices()
    for _, segment in objects(mapping(inner.get("segmentation")).get("segments")):
        start, length = number(segment.get("start")), number(segment.get("duration"))
        name = string(mapping(segment.get("speaker")).get("@id"))
        if name and start is not None and length is not None:
            voices.add(start, start + length, name)
    reading = Reading()
    _add_words(reading, inner.get("words"), "/retval/words" if wrapped else "/words", voices)
    return reading


def paper_edit_sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Digital Paper Edit transcript."""
    document = mapping(value)
    spans = first_object(document.get("paragraphs"))
    return 1.0 if has(first_object(document.get("words")), "text", "start") and has(spans, "speaker", "start") else 0.0


def read_paper_edit(value: Json) -> Reading:
    """Words with the speaker of the paragraph that covers them."""
    document = mapping(value)
    voices = Voices()
    for _, span in objects(document.get("paragraphs")):
        name = string(span.get("speaker"))
        if name:
            voices.add(number(span.get("start")), number(span.get("end")), name)
    reading = Reading()
    _add_words(reading, document.get("words"), "/words", voices)
    return reading


def autoedit_sureness(value: Json) -> float:
    """How sure it is that ``value`` is an autoEdit 2 transcript."""
    first = first_object(mapping(value).get("text"))
    return 1.0 if isinstance(first.get("paragraph"), list) else 0.0


def read_autoedit(value: Json) -> Reading:
    """Words nested in lines, paragraphs and speakers."""
    document = mapping(value)
    reading = Reading(title=string(document.get("title")))
    for at, block in objects(document.get("text")):
        speaker = cleaned(string(block.get("speaker")))
        for inside, paragraph in objects(block.get("paragraph")):
            for position, word in objects(paragraph.get("line")):
                reading.say(
                    text_of(word.get("text")),
                    speaker,
                    number(word.get("startTime")),
                    number(word.get("endTime")),
                    f"/text/{at}/paragraph/{inside}/line/{position}",
                )
    return reading


def _voice(name: str | None) -> str | None:
    """Kaldi counts voices as ``S0``; names of an editor stay as they are."""
    return numbered(name[1:]) if name and name[0] == "S" and name[1:].isdecimal() else cleaned(name)


def _add_words(reading: Reading, spoken: Json, path: str, voices: Voices) -> None:
    for position, word in objects(sequence(spoken)):
        start = number(word.get("start"))
        text = text_of(pick(word, "punct", "text", "word"))
        reading.say(text, _voice(voices.at(start)), start, number(word.get("end")), f"{path}/{position}")
