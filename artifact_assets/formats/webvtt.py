"""WebVTT: Zoom, Teams, YouTube, podcast hosts. Source: W3C WebVTT, https://www.w3.org/TR/webvtt1/.

What belongs here: the header, cue markup and voice spans. What does not: finding cues (``cues``), rolling captions and
``Name:`` labels (``captions``). Deliberate deviations from the specification are listed in docs/formats.md.

Written here rather than read with webvtt-py, which refuses text before the header and cues with seconds-only times, knows
one voice per cue and leaves entities escaped.
"""

from __future__ import annotations

import re

from artifact_assets.formats.captions import ROLLING_MESSAGE, Rolling, name_speakers
from artifact_assets.formats.cues import Cue, arrow_times, find_cues
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.speakers import cleaned

COMMENTS = ("NOTE", "STYLE", "REGION")
ROLLING_LINES = 200
"""Lines among which word times of a rolling caption must appear."""
MAX_PREAMBLE = 20
"""Lines before ``WEBVTT`` that are forgiven; real files carry a title or a log line there."""

_TAG = re.compile(
    r"<(/?)(?:(v|c|i|b|u|ruby|rt|lang|font)(?:[.][^\s<>]*)?(?:[ \t\n]([^<>]*))?|(?:\d{1,4}:)?\d{1,2}:\d{2}\.\d{3})>"
)
_ROLLING = re.compile(r"<(?:\d{2}:)?\d{2}:\d{2}\.\d{3}><c")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|lrm|rlm|nbsp|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_ENTITIES = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "lrm": "\u200e",
    "rlm": "\u200f",
    "nbsp": "\u00a0",
    "quot": '"',
    "apos": "'",
}
_LANGUAGE = re.compile(r"(?:NOTE\s+)?language\s*:\s*([A-Za-z]{2,3})\b", re.IGNORECASE)


def header_line(lines: list[str]) -> int | None:
    """Index of the ``WEBVTT`` line among the first lines, or None."""
    for index, line in enumerate(lines[:MAX_PREAMBLE]):
        if line.startswith("WEBVTT") and (len(line) == 6 or line[6] in " \t"):
            return index
        if "-->" in line:
            return None
    return None


def read(lines: list[str]) -> Reading:
    """Fragments of a WebVTT file. A file without its header is read, and noted."""
    reading = Reading()
    first = _read_header(lines, reading)
    rolling = Rolling()
    voices = _Voices(reading)
    for cue in find_cues(lines, first, "-->", arrow_times, reading.notes, COMMENTS):
        rolling.notice(cue.lines)
        voices.add(cue)
    rolling.certain = any(_ROLLING.search(line) for line in lines[first : first + ROLLING_LINES])
    if rolling.rolls and not voices.named:
        again = Reading()
        _read_header(lines, again)
        for cue in find_cues(lines, first, "-->", arrow_times, again.notes, COMMENTS):
            fresh = rolling.fresh(_visible_lines(cue))
            if fresh:
                again.fragments.append(
                    Fragment(" ".join(fresh), None, cue.start, cue.end, cue.line, cue.end_line, cue.identifier)
                )
        again.notes.add("rolling_captions", ROLLING_MESSAGE)
        reading = again
    if not voices.named:
        name_speakers(reading)
    return reading


def plain(text: str) -> str:
    """``text`` with WebVTT entities decoded once: ``&lt;i&gt;`` becomes the words ``<i>`` and never markup."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _read_header(lines: list[str], reading: Reading) -> int:
    """Read what stands before the cues; the index of the line after it."""
    header = header_line(lines)
    if header is None:
        reading.notes.add("no_header", "The WEBVTT header is missing.")
        return 0
    if any(line.strip() for line in lines[:header]):
        reading.notes.add(
            "text_before_header",
            "Text before the WEBVTT header was not read as speech.",
            "line 1",
        )
    index = header + 1
    while index < len(lines) and lines[index].strip() and "-->" not in lines[index]:
        index += 1
    for line in lines[header + 1 : header + MAX_PREAMBLE]:
        match = _LANGUAGE.match(line)
        if match is not None:
            reading.language = match.group(1).lower()
            break
    return index


def _visible_lines(cue: Cue) -> list[str]:
    shown = [plain(_TAG.sub("", line) if "<" in line else line).strip() for line in cue.lines]
    return [line for line in shown if line]


class _Voices:
    """Cues become fragments, one for each voice span. A span may run over several lines and may never be closed."""

    def __init__(self, reading: Reading) -> None:
        self.fragments = reading.fragments
        self.names: dict[str, str | None] = {}

    @property
    def named(self) -> bool:
        """Whether the file has voice spans at all."""
        return bool(self.names)

    def add(self, cue: Cue) -> None:
        identifier, start, end, lines, line, end_line = cue
        text = lines[0].strip() if len(lines) == 1 else " ".join([part.strip() for part in lines]).strip()
        if "<" not in text:
            if text:
                self.fragments.append(Fragment(plain(text), None, start, end, line, end_line, identifier))
            return
        if text.startswith("<v ") and text.endswith("</v>") and text.count("<") == 2:
            closed = text.index(">")
            said = plain(text[closed + 1 : -4]).strip()
            if said:
                self.fragments.append(
                    Fragment(said, self._name(text[3:closed]), start, end, line, end_line, identifier)
                )
            return
        voice: str | None = None
        parts: list[str] = []
        position = 0
        for match in _TAG.finditer(text):
            parts.append(text[position : match.start()])
            position = match.end()
            closing, name, annotation = match.groups()
            if name == "v":
                self._say(cue, voice, parts)
                parts = []
                voice = None if closing else self._name(annotation or "")
        parts.append(text[position:])
        self._say(cue, voice, parts)

    def _say(self, cue: Cue, voice: str | None, parts: list[str]) -> None:
        text = plain("".join(parts)).strip()
        if text:
            self.fragments.append(Fragment(text, voice, cue.start, cue.end, cue.line, cue.end_line, cue.identifier))

    def _name(self, annotation: str) -> str | None:
        """One object for each name, however often it is said: a long file has thousands."""
        if annotation not in self.names:
            self.names[annotation] = cleaned(plain(annotation))
        return self.names[annotation]
