"""Speaker names as tools write them: cleaned, unknown ones recognized, screens and bots told from people.

What belongs here: what a name says by itself. What does not: who in the invitation it is (see ``joining``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from artifact_assets.formats.word_lists import word_set

_NOBODY = word_set(
    """unknown unknown_speaker unnamed_speaker unidentified_speaker unidentified unknown_participant speaker_? ? ?? -
    none null n/a undefined speaker guest_user_unknown unbekannt unbekannter_sprecher desconocido intervenant_inconnu
    unlabeled_speaker no_speaker"""
)
_PLACEHOLDER = re.compile(
    r"(?:speaker|spk|sprecher|orador|hablante|locuteur|intervenant|participant|person|channel|ch|voice|guest|user)"
    r"[ _#-]?(?:\d{1,4}|[a-z])|(?:[fm]_)?s\d{1,4}|(?:microphone|system audio|them|me)",
    re.IGNORECASE,
)
_SCREEN = re.compile(
    r".{1,80}(?:'s|’s|s'|s’) (?:presentation|screen|screen share)|.{1,80} \(presentation\)",
    re.IGNORECASE,
)
_BOT = re.compile(
    r".*\b(?:notetaker|note taker|note-taker|meeting assistant|ai assistant|recorder bot|meeting bot)\b.*"
    r"|(?:otter|fireflies|read|fathom|grain|tl;dv|tldv|avoma|sembly|meetgeek|gemini|copilot)"
    r"(?:\.ai| ai|\.video)?(?: (?:bot|notes|meeting notes))?",
    re.IGNORECASE,
)
LONGEST_NAME = 200
"""Characters of a name that are kept; a longer one is damage, and would be repeated in every turn."""
_SPACE = re.compile(r"\s+")


def cleaned(name: str | None) -> str | None:
    """``name`` without surrounding marks, or None when it names nobody (``Unknown Speaker``, ``?``, empty)."""
    if name is None:
        return None
    if not name.isalpha():
        name = _SPACE.sub(" ", name).strip(" \t*_:：-–—•>").strip()
        name = name.replace("**", "")
    name = name[:LONGEST_NAME]
    return None if not name or " ".join(name.casefold().split()) in _NOBODY else name


# Every turn asks, and a meeting has a handful of voices.
@lru_cache(maxsize=256)
def numbered(value: str | int | None) -> str | None:
    """The label of a voice that a recognizer only counts: ``0`` and ``A`` become ``Speaker 0`` and ``Speaker A``.

    Zero is a voice; None and the empty text are not. Names stay as they are.
    """
    if value is None or value == "":
        return None
    text = str(value).strip()
    if (text.isdecimal() and len(text) <= 4) or (len(text) == 1 and text.isalpha()):
        return f"Speaker {text.upper()}"
    return cleaned(text)


def is_placeholder(name: str) -> bool:
    """Whether ``name`` tells voices apart without naming a person: ``Speaker 1``, ``SPEAKER_00``, ``spk_0``."""
    return _PLACEHOLDER.fullmatch(name.strip()) is not None


def is_pseudo(name: str) -> bool:
    """Whether ``name`` is no person: a shared screen (``X's Presentation``) or a notetaker bot."""
    text = name.strip()
    return len(text) <= 120 and (_SCREEN.fullmatch(text) is not None or _BOT.fullmatch(text) is not None)
