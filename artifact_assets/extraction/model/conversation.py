"""The messages sent to a model for one chunk.

What belongs here: what is said in which order. What does not: the instructions' words (see ``prompt``) and the form (see
``schema``).

What is the same for every meeting comes first, so that providers can reuse their work on it: instructions, then the
configured fields and tags, then this meeting, then its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime

from artifact_assets.domain.brief import Brief, FieldRule, TagRule, Vocabulary
from artifact_assets.domain.model_ports import Message
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.model.chunks import Chunk, Piece
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt

MAX_NAME = 80
MAX_PEOPLE = 100


def messages_for(
    chunk: Chunk, transcript: Transcript, brief: Brief, *, whole: bool, prompt: Prompt = COMMITTED
) -> tuple[Message, ...]:
    """System and user message. ``whole`` tells that the chunk is the entire meeting."""
    return (
        Message("system", "\n".join((prompt.text, *_vocabulary(brief.vocabulary)))),
        Message("user", "\n".join((*_circumstances(transcript, brief), *_words(chunk, transcript, whole=whole)))),
    )


def repair_messages(messages: tuple[Message, ...], answer: str, problems: Iterable[str]) -> tuple[Message, ...]:
    """The conversation continued with what was wrong about the answer."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    complaint = f"This answer cannot be used:\n{listed}\nGive the whole answer again, corrected, in the same form."
    return (*messages, Message("assistant", answer), Message("user", complaint))


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters: nobody can write a line of their own into the transcript."""
    # Printable text holds none; most does not need to be looked at sign by sign.
    plain = text if text.isprintable() else "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in text)
    return " ".join(plain.split())


def name_of(speaker: str | None) -> str:
    """A speaker's name as it stands in a line, without the sign that ends it."""
    return one_line(speaker or "?").replace("|", "/")[:MAX_NAME] or "?"


def _vocabulary(vocabulary: Vocabulary) -> list[str]:
    lines: list[str] = []
    if vocabulary.fields:
        lines += ["Fields:", *(_field(rule) for rule in vocabulary.fields)]
    if vocabulary.tags:
        lines += ["Tags:", *(_tag(rule) for rule in vocabulary.tags)]
    return lines


def _field(rule: FieldRule) -> str:
    values = f" Allowed: {', '.join(rule.values)}." if rule.values else ""
    return f"- {rule.name} ({rule.type}). {one_line(rule.description)}{values}"


def _tag(rule: TagRule) -> str:
    return f"- {rule.name}. {one_line(rule.description)}"


def _circumstances(transcript: Transcript, brief: Brief) -> list[str]:
    people = list(dict.fromkeys(name_of(person.name) for person in (*brief.participants, *transcript.participants)))
    return [
        f"Kind of meeting: {name_of(brief.kind) if brief.kind else 'not known'}",
        f"Date: {_date(brief.started_at or transcript.started_at)}",
        f"Participants: {', '.join(people[:MAX_PEOPLE]) or 'not known'}",
    ]


def _date(started_at: datetime | None) -> str:
    if started_at is None:
        return "not known"
    zone = started_at.strftime("%z")
    if not zone:
        return f"{started_at:%A, %Y-%m-%d, %H:%M}, time zone not known"
    return f"{started_at:%A, %Y-%m-%d, %H:%M}, UTC{zone[:3]}:{zone[3:5]}"


def _words(chunk: Chunk, transcript: Transcript, *, whole: bool) -> list[str]:
    names = {speaker: name_of(speaker) for speaker in {turn.speaker for turn in transcript.turns}}
    return [
        "Transcript:" if whole else f"Transcript, {chunk.place} of {len(transcript.turns)}:",
        *(_line(piece, transcript, "*", names) for piece in chunk.before),
        *(_line(piece, transcript, "", names) for piece in chunk.pieces),
        "End of transcript.",
    ]


def _line(piece: Piece, transcript: Transcript, mark: str, names: Mapping[str | None, str]) -> str:
    turn = transcript.turns[piece.turn]
    return f"{mark}{turn.index}|{names[turn.speaker]}|{one_line(turn.text[piece.start : piece.end])}"
