"""Which languages the rules understand, and whether a transcript is in one of them.

What belongs here: the declared languages and a cheap check. What does not: detecting which other language it is.
"""

from __future__ import annotations

import re

from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.deterministic.lexicon import words

LANGUAGES = ("en",)
# Talk in English is at least a third function words; other European languages share under a twelfth of these.
LEAST_ENGLISH = 0.12
ENOUGH_WORDS = 40
SAMPLE_WORDS = 4000
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ENGLISH = words(
    """the and to of that it is you we for i'm it's this be have are with not they if can what will my your there do know
    about would from okay just yeah that's how get think which were when one going who them here some our could because"""
)


def supported(transcript: Transcript) -> bool:
    """Whether the talk is in a declared language: by its detected language, else by its words. Little talk passes."""
    if transcript.language is not None:
        return transcript.language.lower().split("-")[0] in LANGUAGES
    said: list[str] = []
    for turn in transcript.turns:
        said.extend(_WORD.findall(turn.text.lower().replace("\u2019", "'")))
        if len(said) >= SAMPLE_WORDS:
            break
    if len(said) < ENOUGH_WORDS:
        return True
    return sum(word in _ENGLISH for word in said) / len(said) >= LEAST_ENGLISH
