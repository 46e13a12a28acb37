"""WebVTT: Zoom, Teams, YouTube, podcast hosts. Source: W3C WebVTT, https://www.w3.org/TR/webvtt1/.

What belongs here: the header, cue markup and voice spans. What does not: finding cues (``cues``), rolling captions and
``Name:`` labels (``captions``). Deliberate deviations from the specification are listed in docs/formats.md.

Written here rather than read with webvtt-py, which refuses text before the header and cues with seconds-only times, knows
one voice per cue and leaves entities escaped.
"""

from __future__ import annotations

import re

from artifact_assets.formats.captions import Utterance, add_fragments, without_rolling
from artifact_assets.formats.cues import Cue, arrow_times, find_cues
from artifact_assets.formats.encoding import split_lines
from artifact_assets.formats.fragment import Reading

COMMENTS = ("NOTE", "STYLE", "REGION")
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


def read(text: str) -> Reading:
    """Fragments of a WebVTT file. A file without its header is read, and noted."""
    reading = Reading()
    lines = split_lines(text)
    first = _read_header(lines, reading)
    cues = find_cues(lines, first, "-->", arrow_times, reading.notes, COMMENTS)
    rolling = None
    if any("<" in line for cue in cues for line in cue.lines) or len(cues) > 3:
        certain = any(_ROLLING.search(line) for cue in cues[:50] for line in cue.lines)
        rolling = without_rolling([_visible_lines(cue) for cue in cues], certain=certain)
    utterances: list[Utterance] = []
    if rolling is not None:
        reading.notes.add(
            "rolling_captions",
            "Rolling captions were read once: lines repeated from cue to cue were dropped.",
        )
        for cue, fresh in zip(cues, rolling, strict=True):
            if fresh:
                utterances.append(
                    Utterance(
                        " ".join(fresh),
                        None,
                        cue.start,
                        cue.end,
                        cue.line,
                        cue.end_line,
                        cue.identifier,
                    )
                )
    else:
        for cue in cues:
            _add_utterances(cue, utterances)
    add_fragments(reading, utterances)
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


def _add_utterances(cue: Cue, utterances: list[Utterance]) -> None:
    """One utterance per voice of ``cue``. A span may run over several lines and may never be closed."""
    identifier, start, end, lines, line, end_line = cue
    text = lines[0].strip() if len(lines) == 1 else " ".join([part.strip() for part in lines])
    if "<" not in text:
        text = plain(text).strip()
        if text:
            utterances.append(Utterance(text, None, start, end, line, end_line, identifier))
        return
    voice: str | None = None
    parts: list[str] = []
    position = 0
    for match in _TAG.finditer(text):
        parts.append(text[position : match.start()])
        position = match.end()
        closing, name, annotation = match.groups()
        if name == "v":
            _add_part(cue, voice, parts, utterances)
            parts = []
            voice = None if closing else plain(annotation or "").strip()
    parts.append(text[position:])
    _add_part(cue, voice, parts, utterances)


def _add_part(cue: Cue, voice: str | None, parts: list[str], utterances: list[Utterance]) -> None:
    text = plain("".join(parts)).strip()
    if text:
        utterances.append(Utterance(text, voice, cue.start, cue.end, cue.line, cue.end_line, cue.identifier))
