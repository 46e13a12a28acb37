"""How each text format shows itself: signs in the lines, weighed into a sureness from 0 to 1.

What belongs here: recognizing text formats. What does not: JSON (each vendor's module recognizes its own keys) and
choosing (see ``detection``).
"""

from __future__ import annotations

import re
from itertools import pairwise

from artifact_assets.formats import webvtt
from artifact_assets.formats.cues import arrow_times
from artifact_assets.formats.delimited import delimiter_of, looks_like_table
from artifact_assets.formats.google_meet import signs
from artifact_assets.formats.otter import has_footer
from artifact_assets.formats.subrip import sbv_times
from artifact_assets.formats.text_lines import TextLines

HEAD_LINES = 60
NOTE_LINES = 200
CODE_CHARACTERS = 200
MOST_CODE = 0.3
"""Share of lines that look like code or settings up to which a text may be notes."""
_CODE = re.compile(r"^\s*[\w.\"'-]{1,60} ?=[^=]|[{}\[\];]\s?,?\s?$|^\s*(?:import|from|def|class|return|#include|@)\b")
NOTE_CHARACTERS = 20_000
LEAST_LETTERS = 0.6
"""Share of letters and spaces from which text reads like language; logs and encoded data stay below."""


def looks_like_webvtt(text: TextLines) -> float:
    """How sure it is that the text is WebVTT."""
    if webvtt.header_line(text.lines) is not None:
        return 1.0
    return 0.7 if _timed(text) and not _numbered(text) and not _comma_times(text) else 0.0


def looks_like_srt(text: TextLines) -> float:
    """How sure it is that the text is SubRip."""
    if webvtt.header_line(text.lines) is not None or not _timed(text):
        return 0.0
    return 0.95 if _numbered(text) or _comma_times(text) else 0.0


def looks_like_sbv(text: TextLines) -> float:
    """How sure it is that the text is SBV."""
    return 0.95 if any(sbv_times(line) is not None for line in text.lines[:HEAD_LINES]) else 0.0


def _timed(text: TextLines) -> bool:
    return any("-->" in line and arrow_times(line) is not None for line in text.lines[:HEAD_LINES])


def _numbered(text: TextLines) -> bool:
    head = text.lines[:HEAD_LINES]
    return any(above.strip().isdecimal() and arrow_times(line) is not None for above, line in pairwise(head))


def _comma_times(text: TextLines) -> bool:
    return any("," in line and arrow_times(line) is not None for line in text.lines[:HEAD_LINES])


def looks_like_otter(text: TextLines) -> float:
    """How sure it is that the text is an Otter export."""
    if _timed(text):
        return 0.0
    headers = text.dialogue.headers
    if has_footer(text.lines):
        return 0.95
    return 0.85 if headers >= 2 else 0.7 if headers == 1 and len(text.dialogue.lines) <= 6 else 0.0


def looks_like_google_meet(text: TextLines) -> float:
    """How sure it is that the text is a Google Meet transcript."""
    if _timed(text):
        return 0.0
    found = signs(text.lines)
    return 0.0 if not found or not text.dialogue.labelled else 0.9 if found == 1 else 0.98


def looks_like_dialogue(text: TextLines) -> float:
    """How sure it is that the text is text with speakers."""
    if _timed(text):
        return 0.0
    dialogue = text.dialogue
    if dialogue.headers >= 2:
        return 0.5
    labelled, lines = dialogue.labelled, len(dialogue.lines)
    repeated = any(count > 1 for count in dialogue.labels.counts.values())
    if dialogue.timed >= 2:
        return 0.75
    if repeated and (labelled >= 0.3 * lines or (labelled >= 6 and labelled >= 0.1 * lines)):
        return 0.75
    if labelled and dialogue.has_speech_heading:
        return 0.7
    # people who talk take turns: four labels that never come again, or fields like Budget, are headings of notes
    alone = not repeated and (labelled > 3 or dialogue.headed)
    return 0.6 if labelled >= 0.5 * lines and not alone else 0.0


def looks_like_turn_table(text: TextLines) -> float:
    """How sure it is that the text is a table with a row for each turn."""
    return 0.95 if delimiter_of(text.lines) is not None and len(text.lines) > 1 else 0.0


def looks_like_notes(text: TextLines) -> float:
    """How sure it is that the text is typed notes: whatever reads like language and is no table, log or code block."""
    if _timed(text) or looks_like_table(text.lines):
        return 0.0
    lines = [line for line in text.lines[:NOTE_LINES] if line.strip()]
    if sum(1 for line in lines if _CODE.search(line[-CODE_CHARACTERS:])) > MOST_CODE * len(lines):
        return 0.0
    sample = "".join(lines)[:NOTE_CHARACTERS]
    letters = sum(1 for character in sample if character.isalpha() or character.isspace())
    return 0.3 if letters >= LEAST_LETTERS * len(sample) else 0.0
