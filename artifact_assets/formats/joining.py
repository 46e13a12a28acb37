"""A transcript and the sidecar beside it become one: what the sidecar says wins, and speakers get participants' names.

What belongs here: the matching rule between speakers and participants. What does not: reading either.

The rule, in order; a step decides only when exactly one participant fits it, and a participant is taken once, by the
strongest step: (1) same name, ignoring case, accents, honorifics, brackets and spacing; (2) same words in another order
(``Doe, Jane``); (3) the speaker is the participant's e-mail, or its part before the ``@``; (4) one name is the other cut
to an initial (``J. Doe``, ``Jane D.``); (5) the speaker is only a first or only a last name. Numbered voices
(``Speaker 1``) and anything else stay as they are: never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.domain.transcript import ReadingNote, Transcript
from artifact_assets.formats.speakers import is_placeholder

_HONORIFIC = re.compile(r"\b(?:dr|mr|mrs|ms|mx|prof|sir|herr|frau|sr|sra|mme|dott|ing)\b\.?", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\|.*|/.*")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def join_sidecar(transcript: Transcript, sidecar: Sidecar) -> Transcript:
    """``transcript`` with the sidecar's title, start, kind and participants, and speakers matched to participants.

    Participants of the file whom the sidecar does not name follow those of the sidecar; a person in both keeps the
    sidecar's name and whatever e-mail or role only one side has. Joining twice changes nothing.
    """
    participants = _united(sidecar.participants, transcript.participants)
    names, unclear = matched_names(transcript.speakers, participants)
    changed = {speaker: name for speaker, name in names.items() if name != speaker}
    turns = transcript.turns
    if changed:
        turns = tuple(
            turn.model_copy(update={"speaker": changed[turn.speaker]})
            if turn.speaker is not None and turn.speaker in changed
            else turn
            for turn in turns
        )
    warnings = list(transcript.warnings)
    if unclear:
        note = ReadingNote(
            code="speaker_ambiguous",
            message=f"{len(unclear)} speakers fit several participants and stay as the file names them.",
        )
        warnings.extend([note] if note not in warnings else [])
    return transcript.model_copy(
        update={
            "title": sidecar.title if sidecar.title is not None else transcript.title,
            "started_at": sidecar.started_at if sidecar.started_at is not None else transcript.started_at,
            "kind": sidecar.kind if sidecar.kind is not None else transcript.kind,
            "participants": participants,
            "turns": turns,
            "warnings": tuple(warnings),
        }
    )


def matched_names(
    speakers: Sequence[str], participants: Sequence[Participant]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Participant name by speaker for every speaker that matches one, and the speakers that fit several."""
    names: dict[str, str] = {}
    unclear: dict[str, None] = {}  # a set that keeps the order of the file
    open_speakers: list[str] = [speaker for speaker in speakers if not is_placeholder(speaker)]
    for step in _STEPS:
        taken = set(names.values())
        by_key: dict[str, set[str]] = {}
        for person in participants:
            if person.name not in taken:
                for key in step.of_participant(person):
                    by_key.setdefault(key, set()).add(person.name)
        found: dict[str, str] = {}
        for speaker in open_speakers:
            fitting = {name for key in step.of_speaker(speaker) for name in by_key.get(key, ())}
            if len(fitting) == 1:
                found[speaker] = fitting.pop()
            elif len(fitting) > 1:
                unclear[speaker] = None
        claims = Counter(found.values())
        names |= {speaker: name for speaker, name in found.items() if step.firm or claims[name] == 1}
        open_speakers = [speaker for speaker in open_speakers if speaker not in names]
    return names, tuple(speaker for speaker in unclear if speaker not in names)


def folded(name: str) -> str:
    """``name`` for comparison: no accents, case, honorifics, brackets; single spaces."""
    plain = name
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name)
        plain = "".join(character for character in letters if not unicodedata.combining(character))
    return " ".join(_WORD.findall(_HONORIFIC.sub(" ", _BRACKETS.sub(" ", plain)).casefold()))


@dataclass(frozen=True)
class _Step:
    """One step of the rule: speaker and participant fit when they share a key.

    With keys, people of a big meeting are looked up instead of compared one by one. At a ``firm`` step two spellings in
    one file may be the same person.
    """

    of_participant: Callable[[Participant], set[str]]
    of_speaker: Callable[[str], set[str]]
    firm: bool


def _name_keys(name: str) -> set[str]:
    return {name, folded(name)} - {""}


def _word_keys(name: str) -> set[str]:
    words = folded(name).split()
    return {" ".join(sorted(words))} if len(words) > 1 else set()


def _email_keys(person: Participant) -> set[str]:
    if person.email is None:
        return set()
    email = person.email.casefold()
    local = email.partition("@")[0]
    return {email, local, folded(re.sub(r"[._+-]", " ", local))} if len(local) > 2 else {email}


def _said_keys(speaker: str) -> set[str]:
    return {speaker.strip().casefold(), folded(speaker)} - {""}


def _initials(name: str, *, cut: str, whole: str) -> set[str]:
    """``Ann Lee`` as ``ann l`` and ``a lee`` marked ``cut``; a name with an initial as it stands, marked ``whole``.

    The marks keep two full names apart: ``Ann Lee`` fits ``Ann L.`` and never ``Ann Loo``.
    """
    words = folded(name).split()
    if len(words) < 2:
        return set()
    first, last = words[0], words[-1]
    if len(first) == 1 or len(last) == 1:
        return {f"{whole} {first} {last}"}
    return {f"{cut} {first} {last[0]}", f"{cut} {first[0]} {last}"}


def _one_name_keys(person: Participant) -> set[str]:
    words = folded(person.name).split()
    return {words[0], words[-1]} if len(words) > 1 else set()


def _single_keys(speaker: str) -> set[str]:
    words = folded(speaker).split()
    return {words[0]} if len(words) == 1 and len(words[0]) > 1 else set()


_STEPS = (
    _Step(lambda person: _name_keys(person.name), _name_keys, firm=True),
    _Step(lambda person: _word_keys(person.name), _word_keys, firm=True),
    _Step(_email_keys, _said_keys, firm=True),
    _Step(
        lambda person: _initials(person.name, cut="speaker", whole="person"),
        lambda speaker: _initials(speaker, cut="person", whole="speaker"),
        firm=False,
    ),
    _Step(_one_name_keys, _single_keys, firm=False),
)


def _united(first: Sequence[Participant], second: Sequence[Participant]) -> tuple[Participant, ...]:
    """``first``, then those of ``second`` who are nobody in ``first``; a person in both keeps the first name."""
    united = list(first)
    places: dict[str, int] = {}
    for at, person in enumerate(united):
        for key in _person_keys(person):
            places.setdefault(key, at)
    for person in second:
        at = next((places[key] for key in _person_keys(person) if key in places), None)
        known = united[at] if at is not None else None
        if at is None or known is None or _other_email(known, person):
            united.append(person)
        else:
            united[at] = Participant(name=known.name, email=known.email or person.email, role=known.role or person.role)
    return tuple(united)


def _person_keys(person: Participant) -> list[str]:
    """What tells one person: the e-mail first, then the name in any order of words."""
    email = [f"@{person.email.casefold()}"] if person.email else []
    return [*email, *sorted(_name_keys(person.name) | _word_keys(person.name))]


def _other_email(one: Participant, other: Participant) -> bool:
    return bool(one.email and other.email and one.email.casefold() != other.email.casefold())
