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
from collections.abc import Callable, Sequence

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
    people = list(dict.fromkeys(participants))
    open_speakers: list[str] = [speaker for speaker in speakers if not is_placeholder(speaker)]
    for fits in _STEPS:
        taken = set(names.values())
        free = [person for person in people if person.name not in taken]
        found: dict[str, str] = {}
        for speaker in open_speakers:
            fitting = {person.name for person in free if fits(speaker, person)}
            if len(fitting) == 1:
                found[speaker] = fitting.pop()
            elif len(fitting) > 1:
                unclear[speaker] = None
        claims = list(found.values())
        names |= {speaker: name for speaker, name in found.items() if fits in _FIRM or claims.count(name) == 1}
        open_speakers: list[str] = [speaker for speaker in open_speakers if speaker not in names]
    return names, tuple(speaker for speaker in unclear if speaker not in names)


def folded(name: str) -> str:
    """``name`` for comparison: no accents, case, honorifics, brackets; single spaces."""
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", name) if not unicodedata.combining(character)
    )
    return " ".join(_WORD.findall(_HONORIFIC.sub(" ", _BRACKETS.sub(" ", plain)).casefold()))


def _same_name(speaker: str, person: Participant) -> bool:
    return speaker == person.name or (folded(speaker) != "" and folded(speaker) == folded(person.name))


def _same_words(speaker: str, person: Participant) -> bool:
    words = folded(speaker).split()
    return len(words) > 1 and sorted(words) == sorted(folded(person.name).split())


def _same_email(speaker: str, person: Participant) -> bool:
    if person.email is None:
        return False
    said, email = speaker.strip().casefold(), person.email.casefold()
    local = email.partition("@")[0]
    return said == email or (
        len(local) > 2 and (said == local or folded(said) == folded(re.sub(r"[._+-]", " ", local)))
    )


def _initial(speaker: str, person: Participant) -> bool:
    one, other = folded(speaker).split(), folded(person.name).split()
    if len(one) != 2 or len(other) < 2:
        return False
    first, last = other[0], other[-1]
    return (
        (one[0] == first and len(one[1]) == 1 and last.startswith(one[1]))
        or (one[1] == last and len(one[0]) == 1 and first.startswith(one[0]))
        or (one[0] == first and len(last) == 1 and one[1].startswith(last))
    )


def _one_name(speaker: str, person: Participant) -> bool:
    words = folded(speaker).split()
    known = folded(person.name).split()
    return len(words) == 1 and len(words[0]) > 1 and len(known) > 1 and words[0] in (known[0], known[-1])


_STEPS: tuple[Callable[[str, Participant], bool], ...] = (_same_name, _same_words, _same_email, _initial, _one_name)
_FIRM: tuple[Callable[[str, Participant], bool], ...] = _STEPS[:3]
"""Steps at which two spellings in one file may both be the same person; the others match one speaker each."""


def _united(first: Sequence[Participant], second: Sequence[Participant]) -> tuple[Participant, ...]:
    united = list(first)
    for person in second:
        at = next((index for index, known in enumerate(united) if _same_person(known, person)), None)
        if at is None:
            united.append(person)
            continue
        known = united[at]
        united[at] = Participant(name=known.name, email=known.email or person.email, role=known.role or person.role)
    return tuple(united)


def _same_person(one: Participant, other: Participant) -> bool:
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold()
    return _same_name(one.name, other) or _same_words(one.name, other)
