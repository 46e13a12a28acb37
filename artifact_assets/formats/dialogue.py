"""Text with speakers: ``Name: text``, ``[0:12] Name:``, ``Rep (Jordan): text``, ``Name  0:12`` above a paragraph.

What belongs here: how lines of such a text become fragments. What does not: the notation of one line (``turn_lines``),
which labels are speakers (``labels``), and the habits of one tool (``otter``, ``google_meet``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from artifact_assets.formats.assembly import SENTENCE_ENDS
from artifact_assets.formats.dates import written_date
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.labels import SpeakerLabels, is_field, looks_like_name
from artifact_assets.formats.preamble import ABOUT_THE_MEETING, read_field
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.turn_lines import TurnLine, turn_line

_HEADING = re.compile(r"\s*(?:#{1,6}\s+|\*\*)([^*#:]{1,60}):?(?:\*\*)?:?\s*")
LONGEST_TITLE = 14
"""Words up to which a line above the first turn is taken for the title."""
WRAPPED_LINE = 50
"""Characters from which a line may be hard-wrapped, so that its sentence goes on below."""
LONGEST_DATE = 60
LONGEST_HEADING = 120
_ANNOUNCEMENT = re.compile(r".{1,80} (?:started|stopped) transcription\.?", re.IGNORECASE)
_DURATION = re.compile(
    r"(?:\d+ ?h(?:ours?)?,? ?)?(?:\d+ ?m(?:in(?:utes?)?)?,? ?)?(?:\d+ ?s(?:ec(?:onds?)?)?)?", re.IGNORECASE
)
_SPEECH_HEADINGS = frozenset(("transcript", "transcription", "full transcript", "📖 transcript"))


@dataclass(frozen=True)
class Line:
    """One line of the file with its number from 1 and what it could be the opening of."""

    number: int
    text: str
    opening: TurnLine | None


@dataclass(frozen=True)
class Dialogue:
    """The lines of a text and the speaker labels learned from all of them."""

    lines: list[Line]
    labels: SpeakerLabels

    def opens(self, opening: TurnLine, *, by_label: bool = True) -> bool:
        """Whether a line opens a turn of a speaker; without ``by_label``, ``Name: text`` alone does not."""
        name = opening.name
        if name is None or opening.timed_name:
            return True
        if is_field(name):
            return False
        if opening.header:
            return self.labels.counts.get(name, 0) > 1
        return by_label and name in self.labels

    @property
    def labelled(self) -> int:
        """How many lines open a turn of a named speaker."""
        openings = [line.opening for line in self.lines if line.opening is not None and line.opening.name is not None]
        return sum(1 for opening in openings if self.opens(opening) and not is_field(opening.name or ""))

    @property
    def headed(self) -> int:
        """How many lines are headings of notes: fields such as ``Budget`` that say nothing about the meeting itself."""
        names = [line.opening.name.casefold() for line in self.lines if line.opening is not None and line.opening.name]
        return sum(1 for name in names if is_field(name) and name not in ABOUT_THE_MEETING)

    @property
    def has_speech_heading(self) -> bool:
        """Whether a heading says ``Transcript``."""
        headings = (_HEADING.fullmatch(line.text.strip()) for line in self.lines if len(line.text) < LONGEST_HEADING)
        return any(found is not None and found[1].strip().casefold() in _SPEECH_HEADINGS for found in headings)

    @property
    def timed(self) -> int:
        """How many lines open a turn with a time."""
        openings = [line.opening for line in self.lines if line.opening is not None]
        return sum(1 for opening in openings if opening.start is not None and self.opens(opening))

    @property
    def headers(self) -> int:
        """How many lines are a name and a time and nothing else."""
        openings = [line.opening for line in self.lines if line.opening is not None]
        return sum(1 for opening in openings if opening.header and self.opens(opening))


def examined(lines: Sequence[str], skipped: frozenset[int] = frozenset()) -> Dialogue:
    """Find what could open a turn in each of ``lines``, and which labels are speakers. ``skipped`` are line indices."""
    found: list[Line] = []
    candidates: list[tuple[str, bool]] = []
    under_way = False
    for index, text in enumerate(lines):
        if index in skipped or not text.strip():
            under_way = False
            continue
        opening = turn_line(text)
        if opening is not None and opening.name is None and not opening.rest and _names(found, index):
            above = found.pop()
            name = above.text.strip(" *_:")
            opening = TurnLine(name, opening.start, opening.end, "", timed_name=True, header=True)
        found.append(Line(index + 1, text, opening))
        if opening is not None and opening.name:
            candidates.append((opening.name, under_way and not opening.timed_name))
        under_way = len(text) >= WRAPPED_LINE and not text.rstrip().endswith((*SENTENCE_ENDS, ":"))
    return Dialogue(found, SpeakerLabels(candidates))


def _names(found: list[Line], index: int) -> bool:
    """Whether the line right above line index ``index`` is a name alone, as meeting tools put it above a time."""
    if not found or found[-1].number != index or found[-1].opening is not None:
        return False
    return looks_like_name(found[-1].text.strip(" *_:"))


def read_dialogue(dialogue: Dialogue, reading: Reading, *, labels: bool = True) -> None:
    """Add the fragments of ``dialogue`` to ``reading``. Without ``labels``, ``Name: text`` inside a paragraph is text."""
    _Speech(dialogue, reading, labels).read()


class _Speech:
    """Walks the lines and remembers who speaks, and whether a vendor's summary section is under way."""

    def __init__(self, dialogue: Dialogue, reading: Reading, labels: bool) -> None:
        self.dialogue = dialogue
        self.reading = reading
        self.labels = labels
        self.speaker: str | None = None
        self.times: tuple[float | None, float | None] = (None, None)
        self.begun = False
        self.in_summary = False

    def read(self) -> None:
        before = 0
        for line in self.dialogue.lines:
            after_gap, before = line.number > before + 1, line.number
            opening = self._opening(line)
            if opening is not None and opening.name is not None and is_field(opening.name) and not opening.timed_name:
                self._field(line, opening)
            elif opening is not None:
                if not self.in_summary or (after_gap and line.text[:1].strip(" -*•")):
                    self._turn(line, opening)
            elif not self._heading(line):
                self._text(line)

    def _opening(self, line: Line) -> TurnLine | None:
        opening = line.opening
        if opening is None or self.dialogue.opens(opening, by_label=self.labels):
            return opening
        return opening if opening.name is not None and is_field(opening.name) else None

    def _field(self, line: Line, opening: TurnLine) -> None:
        if not self.begun:
            read_field(line.text, self.reading)
        elif not opening.rest:
            self._begin_summary(line)
        elif not self.in_summary:
            # a remark of the note taker between turns: words that stay, but nobody's
            self.reading.fragments.append(
                Fragment(
                    line.text.strip(),
                    line=line.number,
                    end_line=line.number,
                    apart=True,
                )
            )

    def _turn(self, line: Line, opening: TurnLine) -> None:
        self.in_summary, self.begun = False, True
        self.speaker = cleaned(opening.name)
        self.times = (opening.start, opening.end)
        self._speak(line, opening.rest.strip())

    def _heading(self, line: Line) -> bool:
        heading = _HEADING.fullmatch(line.text.strip()) if len(line.text) < LONGEST_HEADING else None
        if heading is None:
            return False
        name = heading[1].strip()
        if name.casefold() in _SPEECH_HEADINGS:
            self.in_summary = False
        elif is_field(name):
            if self.begun:
                self._begin_summary(line)
        elif not self.begun and self.reading.title is None:
            self.reading.title = name
        return True

    def _text(self, line: Line) -> None:
        text = line.text.strip()
        if self.in_summary or _ANNOUNCEMENT.fullmatch(text):
            return
        if self.begun:
            self._speak(line, text)
        elif _DURATION.fullmatch(text):
            return
        elif self.reading.started_at is None and len(text) < LONGEST_DATE and written_date(text) is not None:
            self.reading.started_at = written_date(text)
        elif self.reading.title is None and len(text.split()) <= LONGEST_TITLE and not text.endswith(SENTENCE_ENDS):
            self.reading.title = text
        else:
            self.reading.left_out_words += len(text.split())
            self.reading.notes.add(
                "text_before_speech",
                "Text before the first speaker was not read as speech.",
                f"line {line.number}",
            )

    def _begin_summary(self, line: Line) -> None:
        self.in_summary = True
        self.reading.notes.add(
            "summary_left_out",
            "A summary section in the file was not read as speech.",
            f"line {line.number}",
        )

    def _speak(self, line: Line, text: str) -> None:
        if text:
            start, end = self.times
            self.reading.fragments.append(Fragment(text, self.speaker, start, end, line.number, line.number))
            self.times = (None, None)
