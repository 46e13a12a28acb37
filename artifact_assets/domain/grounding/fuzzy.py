"""The best place for a quote that is not verbatim.

What belongs here: candidate places by shared words, and the word-by-word comparison there. What does not: verbatim
quotes (see ``ground``).

A place is a diagonal of the word-by-position matrix: words of the quote that occur in order vote for the same one. Only
the few best places are compared word by word, so that the cost hardly depends on the length of the meeting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.grounding.policy import GroundingPolicy
from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS, NEGATIONS

_PLACES = 4
_SPREAD = 4
_COMMON = 40
_PLAIN = 0.95
_GAP_COST = 0.4
_ALIKE = 80
_MOVED_COST = 4.0
_BESIDE = 3
_SMALL_GAP = 3
_LENT = 2
_LENT_SHARE = 0.15
_FEW = 3
_NEARLY_ALL = 0.75


@dataclass(frozen=True)
class FuzzyMatch:
    """Words ``first`` to ``last`` (inclusive) of the stream, and the shares of the quote's words found there.

    ``longest_gap`` counts neighbouring words of the quote that are not there.
    """

    first: int
    last: int
    coverage: float
    content_coverage: float
    longest_gap: int


def fuzzy_match(
    words: Sequence[str],
    index: TranscriptIndex,
    cited: frozenset[int],
    policy: GroundingPolicy,
) -> FuzzyMatch | None:
    """The best acceptable place of ``words``, or None. A cited place wins over an equally good one elsewhere."""
    best: tuple[float, int, FuzzyMatch] | None = None
    for low, high in (window for place in _places(words, index) for window in _windows(words, index, place)):
        if best is not None and best[2].coverage >= _PLAIN:
            break
        match = _compare(words, index, low, high)
        if match is None:
            continue
        in_cited = any(turn in cited for turn in index.by_speaker.turns[match.first : match.last + 1])
        if not _acceptable(match, words, in_cited, policy):
            continue
        rank = (match.coverage + 0.05 * in_cited, match.first - match.last)
        if best is None or rank > best[:2]:
            best = (*rank, match)
    return best[2] if best else None


def _acceptable(match: FuzzyMatch, words: Sequence[str], in_cited: bool, policy: GroundingPolicy) -> bool:
    return (
        match.coverage >= (policy.min_coverage if in_cited else policy.min_coverage_elsewhere)
        and match.longest_gap <= max(_SMALL_GAP, policy.max_gap_share * len(words))
        and match.content_coverage >= policy.min_content_coverage
        and match.coverage * len(words) / (match.last - match.first + 1) >= policy.min_density
    )


def _places(words: Sequence[str], index: TranscriptIndex) -> list[int]:
    """Stream positions where the quote's first word would stand, best first."""
    common = max(_COMMON, len(index.stream_ids) // 50)
    known = [(at, index.places(word)) for at, word in enumerate(words) if word in index.ids]
    # Words said all the time vote only where the quote has no others: they cost much and tell little.
    voting = [(at, places) for at, places in known if len(places) <= common] or known
    if not voting:
        return []
    diagonals = np.concatenate([places - at for at, places in voting]) + len(words)
    weights = np.concatenate([np.full(len(places), (1.0 + len(places)) ** -0.25) for _, places in voting])
    votes = np.bincount(diagonals, weights, len(index.stream_ids) + 2 * len(words))
    # Insertions and omissions spread a place over neighbouring diagonals.
    sums = np.concatenate([np.zeros(_SPREAD + 1), np.cumsum(votes), np.full(_SPREAD, votes.sum())])
    spread = sums[2 * _SPREAD + 1 :] - sums[: -2 * _SPREAD - 1]
    places: list[int] = []
    for _ in range(_PLACES):
        best = int(spread.argmax())
        if spread[best] <= 0:
            break
        low, high = max(0, best - _SPREAD), best + _SPREAD + 1
        places.append(low + int(votes[low:high].argmax()) - len(words))
        spread[low:high] = 0
    return places


def _windows(words: Sequence[str], index: TranscriptIndex, place: int) -> Iterator[tuple[int, int]]:
    """Parts of the stream around ``place`` that belong to one run each and are long enough to hold the quote.

    A narrow one first: in a wide one repeated words may be taken from the wrong repetition. A wide one finds quotes
    with words left out.
    """
    for slack in (_BESIDE, 4 + len(words) // 2):
        low, high = max(0, place - slack), min(len(index.stream_ids), place + len(words) + slack)
        breaks = [at for at in range(low, high) if index.by_speaker.turns[at] < 0]
        for start, end in pairwise([low - 1, *breaks, high]):
            if 2 * (end - start - 1) >= len(words):
                yield start + 1, end


def _compare(words: Sequence[str], index: TranscriptIndex, low: int, high: int) -> FuzzyMatch | None:
    window = [word.text for word in index.by_speaker.words[low:high]]
    pairs = _aligned(words, window)
    if not pairs:
        return None
    first, last = _within_turns(_densest([w for _, w, _ in pairs]), pairs, index.by_speaker.turns[low:high])
    kept = [(q, w, s) for q, w, s in pairs if first <= w <= last]
    content = [at for at, word in enumerate(words) if word not in FUNCTION_WORDS or word in NEGATIONS]
    found = {q: s for q, _, s in kept}
    # Words that are there in another order tell of a sentence put together anew, not of one misheard.
    place = window[max(0, first - _BESIDE) : last + 1 + _BESIDE]
    moved = Counter(place) - Counter(window[w] for _, w, _ in kept)
    astray = Counter(word for at, word in enumerate(words) if at not in found) & moved
    # In a short quote one moved word says more than in a long one.
    cost = astray.total() * (1 + _MOVED_COST / len(words))
    coverage = (sum(found.values()) - cost) / len(words)
    return FuzzyMatch(
        low + first,
        low + last,
        coverage,
        _content_coverage(found, content, coverage),
        max((b - a - 1 for a, b in pairwise([-1, *sorted(found), len(words)])), default=0),
    )


def _content_coverage(found: Mapping[int, float], content: Sequence[int], coverage: float) -> float:
    """Share of the meaningful words found. Of one or two a share says nothing: nearly all words have to be there."""
    if len(content) < _FEW and coverage >= _NEARLY_ALL:
        return 1.0
    return sum(found.get(at, 0.0) for at in content) / len(content) if content else 0.0


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


def _within_turns(
    found: tuple[int, int], pairs: Sequence[tuple[int, int, float]], turns: Sequence[int]
) -> tuple[int, int]:
    """``found`` without a first or last turn that only lends a word or two, such as an "and" right before the quote."""
    at = [w for _, w, _ in pairs if found[0] <= w <= found[1]]
    counts = Counter(turns[w] for w in at)
    least = max(_LENT + 1, _LENT_SHARE * len(at))
    while counts[turns[at[0]]] < least and turns[at[0]] != turns[at[-1]]:
        at = [w for w in at if turns[w] != turns[at[0]]]
    while counts[turns[at[-1]]] < least and turns[at[0]] != turns[at[-1]]:
        at = [w for w in at if turns[w] != turns[at[-1]]]
    return at[0], at[-1]


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
