"""Tags of the configured taxonomy, by their phrases.

What belongs here: finding phrases. What does not: the taxonomy itself (configuration).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.artifact import Claim, Evidence, Tag
from artifact_assets.domain.brief import TagRule
from artifact_assets.extraction.deterministic.phrases import phrase_pattern
from artifact_assets.extraction.deterministic.talk import Talk, quote_of

MAX_MENTIONS = 3
ONE_MENTION, SEVERAL_MENTIONS = 0.8, 0.9


def tag_claims(talk: Talk, rules: tuple[TagRule, ...]) -> Iterator[Claim]:
    """One claim for each tag whose phrase is said, with its first mentions as evidence."""
    for rule in rules:
        patterns = [phrase_pattern(phrase) for phrase in rule.phrases]
        evidence: list[Evidence] = []
        for sentence in talk.sentences:
            hit = next((match for match in (pattern.search(sentence.lower) for pattern in patterns) if match), None)
            if hit is None:
                continue
            evidence.append(Evidence(turns=(sentence.turn,), quote=quote_of(sentence, hit.start(), hit.end())))
            if len(evidence) == MAX_MENTIONS:
                break
        if evidence:
            confidence = SEVERAL_MENTIONS if len(evidence) > 1 else ONE_MENTION
            yield Claim(content=Tag(tag=rule.name), evidence=tuple(evidence), confidence=confidence)
