"""Cues become fragments: rolling captions deduplicated, lines joined, speakers found.

What belongs here: what WebVTT, SRT and SBV have in common once markup is gone. What does not: markup (see ``webvtt`` and
``subrip``) and finding cues (see ``cues``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from artifact_assets.formats.assembly import SENTENCE_ENDS
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.labels import SpeakerLabels, label_of
from artifact_assets.formats.speakers import cleaned

MOST_LINES_SHOWN = 10
"""Lines a caption can show at once; no screen has room for more."""
ROLLING_SHARE = 0.4
"""From this share of cues that begin with the line the cue before ended with, a file is a rolling caption."""
ROLLING_MESSAGE = "Rolling captions were read once: lines repeated from cue to cue were dropped."
REPEATED_LABEL_SHARE = 0.1
"""From this share of labels that repeat the label before, a file labels every cue and an unlabelled cue is nobody's."""


class Rolling:
    """Notices rolling captions, in which each cue shows the line before and one more, and keeps only what is new.

    Two equal lines in a row are deduplicated only in a file that rolls as a whole, so that a person who says "yes" twice
    is heard twice; cues of one equal line each are no sign of rolling.
    """

    def __init__(self) -> None:
        self.cues = 0
        self.repeats = 0
        self.certain = False
        self._last: str = ""
        self._count = 0
        self._before: list[str] = []

    def notice(self, lines: list[str]) -> None:
        """Look at the raw lines of the next cue."""
        if not lines:
            return
        self.cues += 1
        first = lines[0]
        if first == self._last and len(lines) + self._count > 2:
            self.repeats += 1
        self._last, self._count = lines[-1], len(lines)

    @property
    def rolls(self) -> bool:
        """Whether the cues seen so far are a rolling caption."""
        return self.certain or (self.cues >= 4 and self.repeats >= ROLLING_SHARE * (self.cues - 1))

    def fresh(self, lines: list[str]) -> list[str]:
        """The visible ``lines`` of a cue without those the cue before showed already."""
        overlap = 0
        for size in range(min(len(self._before), len(lines), MOST_LINES_SHOWN), 0, -1):
            if self._before[-size:] == lines[:size]:
                overlap = size
                break
        self._before = lines or self._before
        return lines[overlap:]


def name_speakers(reading: Reading) -> None:
    """Read ``Name: text`` labels, in a file whose markup names nobody.

    Some tools label every cue, some only a change of speaker. When labels repeat from cue to cue, a cue without one has
    no known speaker; when they do not, it belongs to the speaker before.
    """
    fragments = reading.fragments
    labels, carry = _labels(fragments)
    if not len(labels):
        return
    speaker: str | None = None
    carried = False
    names: dict[str, str | None] = {}
    for index, fragment in enumerate(fragments):
        text = fragment.text
        found = labels.split(text) if ":" in text or "：" in text else None
        if found is not None:
            label, said = found
            if label not in names:
                names[label] = cleaned(label)
            speaker = names[label]
            fragments[index] = fragment._replace(text=said, speaker=speaker)
        elif text.startswith(">>"):
            speaker = None
        elif carry and speaker is not None:
            carried = True
            fragments[index] = fragment._replace(speaker=speaker)
    if carried:
        reading.notes.add(
            "speaker_carried_over",
            "Speakers are named only where they change; cues without a name follow the one before.",
        )


def _labels(fragments: Sequence[Fragment]) -> tuple[SpeakerLabels, bool]:
    """The speaker labels of the file, and whether cues without one inherit the speaker before."""
    candidates: list[tuple[str, bool]] = []
    before = ""
    for fragment in fragments:
        text = fragment.text
        if ":" in text or "：" in text:
            found = label_of(text)
            if found is not None:
                candidates.append((found[0], bool(before) and not before.endswith(SENTENCE_ENDS)))
        before = text
    labels = SpeakerLabels(candidates)
    spoken = [label for label, _ in candidates if label in labels]
    repeats = sum(1 for one, two in pairwise(spoken) if one == two)
    return labels, repeats <= REPEATED_LABEL_SHARE * len(spoken)
