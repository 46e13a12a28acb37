"""Fragments become turns: time order, one speaker each, merged by a stated rule.

What belongs here: ordering, merging and numbering, the same for every format. What does not: reading a format.

The rule: fragments in a row belong to one turn while speaker and time allow it. A named speaker's turn ends at a pause
over 30 s, at the end of a sentence past 1,200 characters, and anywhere past 3,000. Where the speaker is unknown nothing
says that the next sentence is the same person's, so a turn ends with its sentence, at a pause over 3 s, and anywhere
past 1,000 characters. Bounded turns keep evidence readable in a monologue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from artifact_assets.domain.documents import trusted
from artifact_assets.domain.transcript import SourceRef, Turn
from artifact_assets.formats.fragment import Fragment, Notes
from artifact_assets.formats.times import bounded

_TURN_KEYS = {"index", "speaker", "start", "end", "text", "source"}
_REF_KEYS = set(SourceRef.model_fields)
SENTENCE_ENDS = (
    ".",
    "?",
    "!",
    "…",
    "。",
    "？",
    "！",
    '."',
    '?"',
    '!"',
    ".”",
    "?”",
    "!”",
    ".)",
    "؟",
    "।",
)


_SENTENCE_GAP = re.compile(r"(?<=[.!?…。？！])\s+")


@dataclass(frozen=True)
class MergeRule:
    """When a turn ends although the speaker goes on. Pause in seconds, lengths in characters."""

    longest_pause: float
    end_at_sentence_after: int
    end_anywhere_after: int


NAMED = MergeRule(longest_pause=30.0, end_at_sentence_after=1_200, end_anywhere_after=3_000)
UNKNOWN = MergeRule(longest_pause=3.0, end_at_sentence_after=0, end_anywhere_after=1_000)


def assembled(fragments: Sequence[Fragment], notes: Notes) -> tuple[Turn, ...]:
    """Turns in time order, numbered from 0. Fragments without a time keep their place behind the one before."""
    ordered = _in_time_order(fragments, notes)
    turns: list[Turn] = []
    run: list[Fragment] = []
    length = 0
    for fragment in ordered:
        if run and _ends(run[-1], fragment, length):
            turns.append(_turn(len(turns), run))
            run, length = [], 0
        run.append(fragment)
        length += len(fragment.text) + 1
    if run:
        turns.append(_turn(len(turns), run))
    return tuple(turns)


def _in_time_order(fragments: Sequence[Fragment], notes: Notes) -> list[Fragment]:
    kept: list[Fragment] = []
    keys: list[float] = []
    latest = 0.0
    sorted_already = True
    for fragment in _short(fragments):
        text = fragment.text.strip()
        if not text:
            continue
        start, end = bounded(fragment.start), bounded(fragment.end)
        if start != fragment.start or end != fragment.end:
            notes.add(
                "unusable_time",
                "A negative or impossible time was dropped.",
                _place(fragment),
            )
        if start is not None and end is not None and end < start:
            notes.add(
                "end_before_start",
                "A cue ends before it starts; its end was dropped.",
                _place(fragment),
            )
            end = None
        if start is not None:
            sorted_already = sorted_already and start >= latest
            latest = start
        same = text is fragment.text and start is fragment.start and end is fragment.end
        kept.append(fragment if same else fragment._replace(text=text, start=start, end=end))
        keys.append(latest)
    if not sorted_already:
        notes.add("reordered", "The file is not in time order; turns were sorted by start.")
        order = sorted(range(len(kept)), key=keys.__getitem__)
        kept = [kept[index] for index in order]
    return kept


def _short(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """``fragments`` with those longer than any turn cut behind sentences; the first piece has the start, the last the end."""
    for fragment in fragments:
        if len(fragment.text) <= NAMED.end_anywhere_after:
            yield fragment
            continue
        pieces: list[str] = []
        for sentence in _SENTENCE_GAP.split(fragment.text):
            if pieces and len(pieces[-1]) < NAMED.end_at_sentence_after:
                pieces[-1] = f"{pieces[-1]} {sentence}"
            else:
                pieces.append(sentence)
        for position, piece in enumerate(pieces):
            start = fragment.start if position == 0 else None
            end = fragment.end if position == len(pieces) - 1 else None
            yield fragment._replace(text=piece, start=start, end=end)


def _ends(last: Fragment, following: Fragment, length: int) -> bool:
    """Whether the turn that ``last`` closes ends before ``following``."""
    if following.apart or last.apart or following.speaker != last.speaker:
        return True
    rule = UNKNOWN if last.speaker is None else NAMED
    if length > rule.end_anywhere_after and following.glue:
        return True
    if length > rule.end_at_sentence_after and following.glue and last.text.endswith(SENTENCE_ENDS):
        return True
    since = last.end if last.end is not None else last.start
    return since is not None and following.start is not None and following.start - since > rule.longest_pause


def _turn(index: int, run: list[Fragment]) -> Turn:
    text = run[0].text
    if len(run) == 1:
        start, end = run[0].start, run[0].end
    else:
        parts = [text]
        last = text
        for fragment in run[1:]:
            parts.append("" if _wide(last[-1]) and _wide(fragment.text[0]) else fragment.glue)
            last = fragment.text
            parts.append(last)
        text = "".join(parts)
        start = next((fragment.start for fragment in run if fragment.start is not None), None)
        end = max((fragment.end for fragment in run if fragment.end is not None), default=None)
    last_timed = next((fragment for fragment in reversed(run) if fragment.start is not None), run[-1])
    if last_timed.end is None or (start is not None and end is not None and end < start):
        end = None
    # The values are checked above.
    return trusted(
        Turn,
        _TURN_KEYS,
        {
            "index": index,
            "speaker": run[0].speaker,
            "start": start,
            "end": end,
            "text": text,
            "source": _sources(run),
        },
    )


def _sources(run: list[Fragment]) -> tuple[SourceRef, ...]:
    """One reference per unbroken stretch of the file."""
    found: list[SourceRef] = []
    first = last = run[0]
    for fragment in run[1:]:
        if last.line is not None and (
            fragment.line is None or not last.line <= fragment.line <= (last.end_line or last.line) + 4
        ):
            found.append(_reference(first, last))
            first = fragment
        last = fragment
    found.append(_reference(first, last))
    return tuple(found)


def _reference(first: Fragment, last: Fragment) -> SourceRef:
    same = first is last
    return trusted(
        SourceRef,
        _REF_KEYS,
        {
            "line": first.line,
            "end_line": last.end_line if last.end_line is not None else last.line,
            "cue": first.cue,
            "end_cue": None if same else last.cue,
            "pointer": first.pointer,
            "end_pointer": None if same else last.pointer,
        },
    )


def _wide(character: str) -> bool:
    """Whether ``character`` belongs to a script written without spaces: CJK, kana, full-width forms, Thai, Lao."""
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFF60 or 0x0E00 <= code <= 0x0EFF


def _place(fragment: Fragment) -> str | None:
    if fragment.cue:
        return f"cue {fragment.cue}"
    if fragment.line is not None:
        return f"line {fragment.line}"
    return fragment.pointer
