"""Which words the scorer may know: those that people use whatever they talk about.

What belongs here: the guard against learning one scenario. What does not: n-grams (see ``fit``). All scenario meetings of
AMI design a remote control; a word counts only when ICSI's research meetings use it too, and not three times less often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from artifact_assets.extraction.deterministic.scoring.tokens import SPECIAL, tokens_of
from evals.training.corpora import Labelled

LEAST_AMI_SHARE = 0.13
LEAST_ICSI_SHARE = 0.15
MOST_RATIO = 3.0


def general_words(ami: Iterable[Labelled], icsi: Iterable[Labelled]) -> dict[str, int]:
    """The vocabulary numbered from 1, special tokens first."""
    here, there = _shares(ami), _shares(icsi)
    words = sorted(
        word
        for word, share in here.items()
        if share >= LEAST_AMI_SHARE and there.get(word, 0.0) >= LEAST_ICSI_SHARE and share < MOST_RATIO * there[word]
    )
    return {word: number for number, word in enumerate((*SPECIAL, *(w for w in words if w not in SPECIAL)), start=1)}


def _shares(meetings: Iterable[Labelled]) -> dict[str, float]:
    """For each word, the share of meetings that say it."""
    counts: Counter[str] = Counter()
    total = 0
    for meeting in meetings:
        total += 1
        counts.update(
            {token for s in meeting.talk.sentences for token in tokens_of(s.lower, None) if not token.isdigit()}
        )
    return {word: count / total for word, count in counts.items()}
