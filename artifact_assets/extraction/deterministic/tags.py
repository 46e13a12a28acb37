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
        hits: dict[int, tuple[int, int]] = {}
        for phrase in rule.phrases:
            for sentence, start, end in talk.find(phrase_pattern(phrase)):
                hits.setdefault(sentence.position, (start, end))
        mentions = [(talk.sentences[position], *hits[position]) for position in sorted(hits)[:MAX_MENTIONS]]
        evidence = tuple(
            Evidence(turns=(sentence.turn,), quote=quote_of(sentence, start, end)) for sentence, start, end in mentions
        )
        if evidence:
            confidence = SEVERAL_MENTIONS if len(evidence) > 1 else ONE_MENTION
            yield Claim(content=Tag(tag=rule.name), evidence=evidence, confidence=confidence)
