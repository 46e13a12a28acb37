"""Accuracy of yes and no: the evidence does not say the opposite of the claim.

What belongs here: negation inside the evidence. What does not: what the meeting takes back later (see ``retraction``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import alike, content_words, stem
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.art.values import claimed
from artifact_assets.domain.artifact import RuleFailure, Tag
from artifact_assets.domain.grounding.words import normal_text

_CLAUSE = re.compile(r"[,;:.!?\n]+|\b(?:but|because|so that|however|although|otherwise)\b", re.IGNORECASE)
_HARMLESS = re.compile(
    r"\b(?:(?:do|does|did|let us) not (?:forget|hesitate|worry|mind|know|think|see why)|why (?:do|does|did) not"
    r"|(?:can|could) not wait|not only|not just|not sure|whether or not|or not|if not|no problem|no worries|no doubt"
    r"|not (?:bad|a problem|an issue)|(?:is|are|do|does|did|will|can|could|should|would|have|has|was|were) not"
    r" (?:it|you|we|they|that|he|she)\b)"
)
_HARD = re.compile(r"\b(?:not|never|no longer|nobody|neither|nor|no)\b")
_SOFT = re.compile(
    r"\b(?:not|never|no|none|nothing|nobody|without|out|off|stop\w*|avoid\w*|drop\w*|skip\w*|cancel\w*|exclud\w*|instead"
    r"|rather|remov\w*|hold|leav\w*|neither|nor|only|declin\w*|reject\w*|against|unable|fail\w*|lack\w*|less|postpon\w*)\b"
)
_SUPPOSES = re.compile(r"\b(?:if|unless|in case|whether)\b")
_REACH = 5
_REACH_OF_NO = 2


def polarity(subject: Subject) -> Iterator[RuleFailure]:
    """Neither denies what the other affirms. Only the clause of a negation counts, a few words far."""
    text = claimed(subject)
    if isinstance(subject.content, Tag) or not subject.turns or not text:
        return
    text_denies = bool(_HARD.search(_HARMLESS.sub(" ", normal_text(text))))
    clauses = [normal_text(clause) for sentence in subject.said for clause in _CLAUSE.split(sentence)]
    wanted = [stem(word) for word in content_words(text)]
    if text_denies:
        if not any(_SOFT.search(clause) for clause in clauses):
            yield failure(Code.NEGATED, "The claim denies what the evidence says.")
    elif not _SOFT.search(normal_text(text)) and any(
        _denies(_HARMLESS.sub(" ", clause), wanted) for clause in clauses if not _SUPPOSES.search(clause)
    ):
        yield failure(Code.NEGATED, "The evidence denies what is claimed.")


def _denies(clause: str, wanted: list[str]) -> bool:
    for negation in _HARD.finditer(clause):
        # "no" denies the noun behind it; before a sentence it is only a way to start.
        reach = _REACH_OF_NO if negation[0] == "no" else _REACH
        after = [stem(word) for word in clause[negation.end() :].split()[:reach]]
        if any(alike(one, word) for one in wanted for word in after):
            return True
    return False
