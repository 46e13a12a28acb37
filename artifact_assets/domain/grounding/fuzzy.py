"""The best place for a quote that is not verbatim.

What belongs here: candidate places by shared words, and the word-by-word comparison there. What does not: verbatim
quotes (see ``ground``).

A place is a diagonal of the word-by-position matrix: words of the quote that occur in order vote for the same one. Only
the few best places are compared word by word, so that the cost hardly depends on the length of the meeting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.grounding.policy import GroundingPolicy
from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS, NEGATIONS

_PLACES = 4
_GAP_COST = 0.4
_ALIKE = 80
_MOVED_COST = 0.5
_BESIDE = 3


@dataclass(frozen=True)
class FuzzyMatch:
    """Words ``first`` to ``last`` (inclusive) of the stream, and the shares of the quote's words found there."""

    first: int
    last: int
    coverage: float
    content_coverage: float


def fuzzy_match(
    words: Sequence[str],
    index: TranscriptIndex,
    cited: frozenset[int],
    policy: GroundingPolicy,
) -> FuzzyMatch | None:
    """The best acceptable place of ``words``, or None. A cited place wins over an equally good one elsewhere."""
    best: tuple[float, int, FuzzyMatch] | None = None
    for low, high in (run for place in _places(words, index) for run in _runs_at(words, index, place)):
        match = _compare(words, index, low, high)
        if match is None or not _acceptable(match, words, policy):
            continue
        in_cited = any(turn in cited for turn in index.by_speaker.turns[match.first : match.last + 1])
        rank = (match.coverage + 0.05 * in_cited, -match.first)
        if best is None or rank > best[:2]:
            best = (*rank, match)
    return best[2] if best else None


def _acceptable(match: FuzzyMatch, words: Sequence[str], policy: GroundingPolicy) -> bool:
    return (
        match.coverage >= policy.min_coverage
        and match.content_coverage >= policy.min_content_coverage
        and match.coverage * len(words) / (match.last - match.first + 1) >= policy.min_density
    )


def _places(words: Sequence[str], index: TranscriptIndex) -> list[int]:
    """Stream positions where the quote's first word would stand, best first."""
    size = len(index.stream_ids)
    votes = np.zeros(size // 4 + len(words) + 2, np.float32)
    common = max(40, size // 50)
    for use_common in (False, True):
        hit = False
        for at, word in enumerate(words):
            number = index.ids.get(word)
            if number is None:
                continue
            places = index.postings[number]
            if len(places) > common and not use_common:
                continue
            hit = True
            np.add.at(
                votes,
                (places - at + len(words)) >> 2,
                1.0 / (1.0 + len(places)) ** 0.25,
            )
        if hit:
            break
    # Insertions and omissions spread a place over neighbouring diagonals.
    spread = votes.copy()
    spread[1:] += votes[:-1]
    spread[:-1] += votes[1:]
    count = min(_PLACES, len(spread))
    top = np.argpartition(spread, -count)[-count:]
    ranked = sorted((int(n) for n in top if spread[n] > 0), key=lambda n: (-float(spread[n]), n))
    return [(n << 2) - len(words) for n in ranked]


def _runs_at(words: Sequence[str], index: TranscriptIndex, place: int) -> Iterator[tuple[int, int]]:
    """The parts of the stream around ``place`` that belong to one run each and are long enough to hold the quote."""
    slack = 4 + len(words) // 3
    low, high = max(0, place - slack), min(len(index.stream_ids), place + len(words) + slack + 4)
    turns = index.by_speaker.turns
    breaks = [at for at in range(low, high) if turns[at] < 0]
    for start, end in pairwise([low - 1, *breaks, high]):
        if 2 * (end - start - 1) >= len(words):
            yield start + 1, end


def _compare(words: Sequence[str], index: TranscriptIndex, low: int, high: int) -> FuzzyMatch | None:
    window = [word.text for word in index.by_speaker.words[low:high]]
    pairs = _aligned(words, window)
    if not pairs:
        return None
    first, last = _densest([w for _, w, _ in pairs])
    kept = [(q, w, s) for q, w, s in pairs if first <= w <= last]
    content = [at for at, word in enumerate(words) if word not in FUNCTION_WORDS or word in NEGATIONS]
    found = {q: s for q, _, s in kept}
    # Words that are there in another order tell of a sentence put together anew, not of one misheard.
    place = window[max(0, first - _BESIDE) : last + 1 + _BESIDE]
    moved = Counter(place) - Counter(window[w] for _, w, _ in kept)
    astray = Counter(word for at, word in enumerate(words) if at not in found) & moved
    return FuzzyMatch(
        low + first,
        low + last,
        (sum(found.values()) - _MOVED_COST * astray.total()) / len(words),
        sum(found.get(at, 0.0) for at in content) / len(content) if content else 1.0,
    )


def _aligned(words: Sequence[str], window: Sequence[str]) -> list[tuple[int, int, float]]:
    """Pairs of positions (quote, window, likeness 0..1) in order: equal words, and replaced ones that look alike."""
    pairs: list[tuple[int, int, float]] = []
    for step in LCSseq.opcodes(words, window):
        if step.tag == "equal":
            pairs.extend((step.src_start + n, step.dest_start + n, 1.0) for n in range(step.src_end - step.src_start))
    return _with_lookalikes(words, window, pairs)


def _with_lookalikes(
    words: Sequence[str], window: Sequence[str], pairs: list[tuple[int, int, float]]
) -> list[tuple[int, int, float]]:
    """Between two equal words, a word of the quote may stand for an inflected or misheard one; never a number."""
    edges = [(-1, -1, 0.0), *pairs, (len(words), len(window), 0.0)]
    found = list(pairs)
    for (q0, w0, _), (q1, w1, _) in pairwise(edges):
        taken = w0
        for q in range(q0 + 1, q1):
            if words[q][0] == "#" or words[q] in FUNCTION_WORDS:
                continue
            for w in range(max(taken + 1, w1 - 6 if q0 < 0 else taken + 1), min(w1, taken + 7)):
                if window[w][0] != "#" and ratio(words[q], window[w]) >= _ALIKE:
                    found.append((q, w, 0.8))
                    taken = w
                    break
    return sorted(found)


def _densest(positions: Sequence[int]) -> tuple[int, int]:
    """First and last of the run of positions that gains most when each is worth 1 and each word between costs."""
    best, start, gain, best_pair = 0.0, positions[0], 0.0, (positions[0], positions[0])
    previous = positions[0]
    for position in positions:
        gain -= _GAP_COST * max(0, position - previous - 1)
        if gain <= 0:
            gain, start = 0.0, position
        gain += 1
        if gain > best:
            best, best_pair = gain, (start, position)
        previous = position
    return best_pair
