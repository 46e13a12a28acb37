"""Finding a quote in the meeting: exact, normalized, fuzzy or not at all.

What belongs here: the search, cited turns first, then the whole meeting. What does not: whether a claim with such
evidence may be delivered (see ``art``).
"""

from __future__ import annotations

from collections.abc import Iterable

from artifact_assets.domain.artifact import Alignment, Evidence, GroundedEvidence, Span
from artifact_assets.domain.grounding.fuzzy import fuzzy_match
from artifact_assets.domain.grounding.index import BREAK, Stream, TranscriptIndex
from artifact_assets.domain.grounding.policy import GroundingPolicy
from artifact_assets.domain.grounding.words import words_of

_QUOTE_MARKS = ' \t\r\n"“”„«»…'


def ground(evidence: Evidence, index: TranscriptIndex, policy: GroundingPolicy) -> GroundedEvidence:
    """``evidence`` with the place its quote was found.

    The score is the share of the quote's words found there, times 100. A place in a cited turn wins over any other;
    among others the one nearest to a cited turn wins.
    """
    quote = evidence.quote.strip(_QUOTE_MARKS)
    words = [word.text for word in words_of(quote)]
    if not words or len(words) > policy.max_quote_words or BREAK in words:
        return _grounded(evidence, Alignment.NONE, 0.0, ())
    cited = frozenset(evidence.turns)
    short = len(words) <= policy.short_words
    phrase = " ".join(words)
    here = index.in_turn(phrase, *cited) if len(cited) == 1 else None
    if here is not None:
        return _aligned(evidence, quote, here, index)
    streams = (index.by_speaker, index.by_time) if len(cited) > 1 else (index.by_speaker,)
    for stream in streams:
        place = _nearest(stream, stream.occurrences(phrase), len(words), cited)
        if place is None:
            continue
        spans = stream.spans(place, place + len(words) - 1)
        across_speakers = stream is not index.by_speaker
        inside = all(span.turn in cited for span in spans)
        if (short or across_speakers) and not inside:
            continue
        return _aligned(evidence, quote, spans, index)
    if not short:
        match = fuzzy_match(words, index, cited, policy)
        if match is not None:
            spans = index.by_speaker.spans(match.first, match.last)
            return _grounded(evidence, Alignment.FUZZY, round(100 * match.coverage, 1), spans)
    return _grounded(evidence, Alignment.NONE, 0.0, ())


def _aligned(evidence: Evidence, quote: str, spans: tuple[Span, ...], index: TranscriptIndex) -> GroundedEvidence:
    exact = _exact(quote, spans, index)
    if exact is not None:
        return _grounded(evidence, Alignment.EXACT, 100.0, exact)
    return _grounded(evidence, Alignment.NORMALIZED, 100.0, spans)


def _grounded(evidence: Evidence, alignment: Alignment, score: float, spans: tuple[Span, ...]) -> GroundedEvidence:
    return GroundedEvidence(
        turns=evidence.turns,
        quote=evidence.quote,
        alignment=alignment,
        score=score,
        spans=spans,
    )


def _nearest(stream: Stream, places: Iterable[int], length: int, cited: frozenset[int]) -> int | None:
    best: tuple[int, int] | None = None
    for place in places:
        touched = set(stream.turns[place : place + length])
        away = min((abs(turn - c) for turn in touched for c in cited), default=0)
        outside = 0 if touched <= cited else away + 1
        if best is None or (outside, place) < best:
            best = (outside, place)
        if outside == 0:
            break
    return best[1] if best else None


def _exact(quote: str, spans: tuple[Span, ...], index: TranscriptIndex) -> tuple[Span, ...] | None:
    """The spans widened to the quote's own punctuation when the quote is verbatim, else None."""
    if len(spans) == 1:
        span = spans[0]
        text = index.turns[span.turn].text
        # Words leave out punctuation and fillers at the edges; look a little further to both sides.
        start = text.find(quote, max(0, span.start - 40))
        if 0 <= start <= span.start and span.end <= start + len(quote):
            return (Span(turn=span.turn, start=start, end=start + len(quote)),)
        return None
    pieces = [index.turns[span.turn].text[span.start : span.end] for span in spans]
    return spans if " ".join(" ".join(pieces).split()) == " ".join(quote.split()).rstrip(".?!,") else None
