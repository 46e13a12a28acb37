"""Accuracy of quotes: found, and found where they say.

What belongs here: rules about quotes alone. What does not: what evidence has to contain (see ``values``, ``owners``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import Alignment, GroundedEvidence, RuleFailure


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


def _cited(evidence: GroundedEvidence, subject: Subject) -> bool:
    slack = subject.scene.policy.citation_slack_turns
    positions = subject.scene.positions
    cited = {positions[turn] for turn in evidence.turns if turn in positions}
    return all(any(abs(positions[span.turn] - place) <= slack for place in cited) for span in evidence.spans)
