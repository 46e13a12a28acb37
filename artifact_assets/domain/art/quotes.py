"""Accuracy of quotes: found, and found where they say.

What belongs here: rules about quotes alone. What does not: what evidence has to contain (see ``values``, ``owners``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import LCSseq

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import content_words, stem, support
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import Alignment, GroundedEvidence, RuleFailure
from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS, NEGATIONS
from artifact_assets.domain.grounding.words import words_of


def quotes(subject: Subject) -> Iterator[RuleFailure]:
    """Every quote is found, in a turn it cites. One invented quote among real ones is enough to doubt the claim."""
    if not subject.evidence:
        yield failure(Code.NO_EVIDENCE, "The claim quotes nothing.")
    for number, evidence in enumerate(subject.evidence, 1):
        which = f"Quote {number} of {len(subject.evidence)}" if len(subject.evidence) > 1 else "The quote"
        if evidence.alignment is Alignment.NONE:
            yield failure(Code.QUOTE_NOT_FOUND, f"{which} occurs nowhere in the meeting.")
        elif not _cited(evidence, subject):
            found = ", ".join(str(span.turn) for span in evidence.spans)
            cited = ", ".join(map(str, evidence.turns)) or "none"
            yield failure(
                Code.QUOTE_ELSEWHERE,
                f"{which} was said in turn {found}, not in the turns it cites ({cited}).",
            )
        if evidence.alignment is Alignment.FUZZY and _altered(evidence, subject):
            yield failure(Code.QUOTE_ALTERED, f"{which} changes a number, a name, a negation or too many words.")


def _altered(evidence: GroundedEvidence, subject: Subject) -> bool:
    """Whether an inexact quote changes a number, a negation or a name, or too many of its meaningful words."""
    index, policy = subject.scene.index, subject.scene.policy
    if evidence.score < policy.min_quote_score:
        return True
    said = " ".join(index.turns[span.turn].text[span.start : span.end] for span in evidence.spans)
    quoted, heard = words_of(evidence.quote), [word.text for word in words_of(said)]
    if len(quoted) < policy.min_fuzzy_words or {word.text for word in quoted if word.text[0] == "#"} - set(heard):
        return True
    if _denies([word.text for word in quoted]) != _denies(heard):
        return True
    if _reordered([word.text for word in quoted], heard):
        return True
    stems = frozenset(stem(word) for word in heard)
    meaning = [stem(word) for word in content_words(evidence.quote)]
    if 1 - support(meaning, stems) > policy.max_fuzzy_altered:
        return True
    names = {w.text for w in quoted[1:] if evidence.quote[w.start].isupper() and w.text not in FUNCTION_WORDS}
    return any(support([stem(name)], stems) == 0 for name in names)


def _reordered(quoted: list[str], heard: list[str]) -> bool:
    """Whether words of the quote stand elsewhere in the place found: put together anew, not misheard."""
    kept = LCSseq.opcodes(quoted, heard)
    missing = Counter(w for step in kept if step.tag != "equal" for w in quoted[step.src_start : step.src_end])
    unused = Counter(w for step in kept if step.tag != "equal" for w in heard[step.dest_start : step.dest_end])
    return bool(missing & unused)


def _denies(words: Sequence[str]) -> bool:
    return sum(word in NEGATIONS for word in words) % 2 == 1


def _cited(evidence: GroundedEvidence, subject: Subject) -> bool:
    slack = subject.scene.policy.citation_slack_turns
    positions = subject.scene.positions
    cited = {positions[turn] for turn in evidence.turns if turn in positions}
    return all(any(abs(positions[span.turn] - place) <= slack for place in cited) for span in evidence.spans)
