"""What a format reader hands back: fragments of speech with their place in the file, and what the file tells of itself.

What belongs here: the shapes between reading and assembly. What does not: turns (see ``assembly``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import ReadingNote, Turn

MOST_PARTICIPANTS = 2_000
"""People of one meeting that are remembered; a longer list is no invitation."""
LONGEST_NAME = 200
MAX_PLACES = 5
"""How many notes of one code name their place; the rest are counted, so that a broken file can't flood its reader."""


class Fragment(NamedTuple):
    """A cue, sentence, word or line as the file has it. Times are seconds or None; ``text`` is verbatim.

    ``glue`` joins it to the fragment before when both become one turn. ``apart`` keeps it a turn of its own.
    """

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    line: int | None = None
    end_line: int | None = None
    cue: str | None = None
    pointer: str | None = None
    glue: str = " "
    apart: bool = False


class Notes:
    """Collects reading notes, naming the first places of each code and counting the rest."""

    def __init__(self) -> None:
        self._taken: list[ReadingNote] = []
        self._messages: dict[str, str] = {}
        self._places: dict[str, list[str | None]] = {}
        self._counts: dict[str, int] = {}

    def add(self, code: str, message: str, place: str | None = None) -> None:
        """Note ``code`` at ``place``. The message is a sentence without transcript text; the first one is kept."""
        self._messages.setdefault(code, message)
        places = self._places.setdefault(code, [])
        if place in places:
            return
        self._counts[code] = self._counts.get(code, 0) + 1
        if len(places) < MAX_PLACES:
            places.append(place)

    def take(self, notes: Iterable[ReadingNote]) -> None:
        """Take over finished notes as they are, in front of new ones."""
        self._taken.extend(notes)

    def finished(self) -> tuple[ReadingNote, ...]:
        """The notes in order of first appearance of their code."""
        found: list[ReadingNote] = list(self._taken)
        for code, message in self._messages.items():
            places = self._places[code]
            found.extend(ReadingNote(code=code, message=message, place=place) for place in places)
            more = self._counts[code] - len(places)
            if more > 0:
                found.append(ReadingNote(code=code, message=f"{message} ({more} more places)"))
        return tuple(found)


@dataclass
class Reading:
    """Everything one reader found in one file. Readers fill it; assembly turns it into a transcript.

    ``left_out_words`` counts words that may have been said but could not be used. ``turns`` is set only by our own JSON,
    whose turns are taken as they are; ``settled`` says that the file is a finished transcript of ours, to which neither
    its name nor a detector adds anything, and whose own ``format`` stays.
    """

    fragments: list[Fragment] = field(default_factory=list[Fragment])
    notes: Notes = field(default_factory=Notes)
    title: str | None = None
    started_at: datetime | None = None
    kind: str | None = None
    participants: list[Participant] = field(default_factory=list[Participant])
    language: str | None = None
    left_out_words: int = 0
    turns: tuple[Turn, ...] | None = None
    coverage: float | None = None
    format: str | None = None
    settled: bool = False
    _listed: set[Participant] = field(default_factory=set[Participant])

    def add_participant(self, name: str | None, email: str | None = None, role: str | None = None) -> None:
        """Remember a person the file names; an e-mail stands in for a missing name, and nobody is listed twice."""
        label = " ".join((name or email or "").split())[:LONGEST_NAME]
        if not label or len(self._listed) >= MOST_PARTICIPANTS:
            return
        address = email.strip() if email and "@" in email else None
        person = Participant(name=label, email=address, role=role)
        if person not in self._listed:
            self._listed.add(person)
            self.participants.append(person)

    def say(
        self,
        text: str,
        speaker: str | None,
        start: float | None,
        end: float | None,
        pointer: str,
        *,
        glue: str = " ",
        cue: str | None = None,
    ) -> None:
        """Add what a JSON entry says; an entry without words adds nothing."""
        if text and not text.isspace():
            self.fragments.append(Fragment(text.strip(), speaker, start, end, cue=cue, pointer=pointer, glue=glue))
