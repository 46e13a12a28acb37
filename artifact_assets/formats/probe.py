"""What a file is before anybody knows its format: a container kind, its text or its JSON, looked at once.

What belongs here: telling containers apart by content, and refusing what is no transcript by name. What does not:
telling transcript formats apart (see ``registry`` and ``detection``).
"""

from __future__ import annotations

import json
import re
from functools import cached_property

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.encoding import decode, split_lines, without_escaped_surrogates
from artifact_assets.formats.fields import Json
from artifact_assets.formats.fragment import Notes
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.text_lines import TextLines

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "Export the transcript as DOCX or text."),
    (b"{\\rtf", "an RTF document", "Save it as DOCX or plain text."),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Office document (.doc)",
        "Save it as DOCX or plain text.",
    ),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and pass the transcript inside."),
    (
        b"7z\xbc\xaf\x27\x1c",
        "a 7z archive",
        "Unpack it and pass the transcript inside.",
    ),
    (b"Rar!", "a RAR archive", "Unpack it and pass the transcript inside."),
    (b"ID3", "an MP3 recording", "Transcribe the recording first."),
    (b"\xff\xfb", "an MP3 recording", "Transcribe the recording first."),
    (b"OggS", "an Ogg recording", "Transcribe the recording first."),
    (b"fLaC", "a FLAC recording", "Transcribe the recording first."),
    (
        b"\x1aE\xdf\xa3",
        "a WebM or Matroska recording",
        "Transcribe the recording first.",
    ),
    (b"\x89PNG", "a PNG image", "Export the transcript as text."),
    (b"\xff\xd8\xff", "a JPEG image", "Export the transcript as text."),
    (b"SQLite format 3", "an SQLite database", "Export the transcript as text."),
)
_JSON_START = re.compile(r"\s*(?:\{|\[\s*(?:[{\[\"]|\]\s*$))")
_MARKUP = re.compile(
    r"\s*<(?:!doctype|html|head|body|\?xml|tt[\s>:]|cite[\s>]|time[\s>]|p[\s>]|div[\s>]|!--)",
    re.IGNORECASE,
)


class Probe:
    """One file under examination. ``kind`` is ``zip``, ``json``, ``markup`` or ``text``.

    Raises PipelineError: UNREADABLE_INPUT for recordings, images and broken files, EMPTY_TRANSCRIPT for blank ones.
    """

    def __init__(self, content: bytes, limits: ReadingLimits) -> None:
        self.content = content
        self.limits = limits
        self.notes = Notes()
        self.text = ""
        self.json: Json = None
        _refuse_by_signature(content)
        if content.startswith(b"PK\x03\x04"):
            self.kind = "zip"
            return
        self.text = decode(content, self.notes)
        if not self.text.strip():
            raise PipelineError(FailureClass.EMPTY_TRANSCRIPT, "The file is empty.")
        self.kind = "markup" if _MARKUP.match(self.text) else "text"
        if _JSON_START.match(self.text):
            self.json = parsed_json(without_escaped_surrogates(self.text, self.notes), limits)
            self.kind = "json"

    @cached_property
    def body(self) -> TextLines:
        """The text's lines; none for anything but text."""
        return TextLines(split_lines(self.text) if self.kind == "text" else [])


def parsed_json(text: str, limits: ReadingLimits) -> Json:
    """``text`` as JSON. Raises PipelineError(UNREADABLE_INPUT) for broken, too deep or several values.

    ``NaN`` and ``Infinity``, which some recognizers write, become null.
    """
    value: Json
    try:
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data"
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The file looks like {'several JSON values (JSON Lines)' if several else 'JSON'} and breaks at line "
            f"{error.lineno}, column {error.colno}.",
            "Pass one JSON document per meeting."
            if several
            else "Export the transcript again; the file may be cut off.",
        ) from None
    except (RecursionError, ValueError) as error:
        deep = isinstance(error, RecursionError)
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The JSON is nested deeper than {limits.max_nesting} levels."
            if deep
            else "The JSON holds a number that is too long to read.",
        ) from None
    if _deeper_than(value, limits.max_nesting):
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The JSON is nested deeper than {limits.max_nesting} levels.",
        )
    return value


def _no_number(_constant: str) -> None:
    return None


def _deeper_than(value: Json, most: int) -> bool:
    level: list[Json] = [value]
    depth = 0
    while level:
        depth += 1
        following: list[Json] = []
        for item in level:
            inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
            following.extend([child for child in inner if isinstance(child, (dict, list))])
        if depth > most:
            return True
        level = following
    return False


def _refuse_by_signature(content: bytes) -> None:
    for mark, name, remedy in _SIGNATURES:
        if content.startswith(mark):
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The file is {name}, not a transcript.",
                remedy,
            )
    if content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:12] in (b"WAVE", b"AVI ")):
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "The file is a recording, not a transcript.",
            "Transcribe the recording first.",
        )
