"""How a case ended: a valid artifact, the state it should reach, its warnings, and what it cost.

What belongs here: figures that need no matching. What does not: items.
"""

from __future__ import annotations

from collections.abc import Iterator

from evals.dataset.case import Case
from evals.running.outcome import Outcome
from evals.scoring.score import Score, share

OUT_OF_FORM = frozenset({"model_output_invalid", "model_output_truncated"})


def ending(case: Case, outcome: Outcome) -> Iterator[Score]:
    """Validity, state, warnings, tokens, cost and time of one case."""
    wanted, artifact = case.expects, outcome.artifact
    out_of_form = artifact is not None and any(failure.code in OUT_OF_FORM for failure in artifact.failures)
    should_fail = wanted.state in {"failed", "quarantined"} or wanted.failure_class is not None
    valid = (artifact is not None and not out_of_form) or should_fail
    yield share("schema", valid, 1, () if valid else (outcome.cause or "the answer did not keep to the form",))
    if wanted.state is not None or wanted.failure_class is not None:
        told = outcome.failure_class.value if outcome.failure_class else None
        # An item held for review is no other end of the meeting: matching tells of it.
        state = "delivered" if outcome.state == "partially_delivered" else outcome.state
        right = wanted.state in {None, state, outcome.state} and wanted.failure_class in {None, told}
        ended = outcome.state if told is None else f"{outcome.state} ({told})"
        yield share("state", right, 1, () if right else (f"{ended} instead of {wanted.state or wanted.failure_class}",))
    if wanted.warnings:
        given = {note.code for note in artifact.warnings} if artifact is not None else set[str]()
        missing = [code for code in wanted.warnings if code not in given]
        yield share("warnings", len(wanted.warnings) - len(missing), len(wanted.warnings), missing)
    yield share("seconds", outcome.seconds, 1)
    if artifact is not None and artifact.trace.calls:
        trace = artifact.trace
        if trace.input_tokens is not None and trace.output_tokens is not None:
            yield share("tokens", trace.input_tokens + trace.output_tokens, 1)
        if trace.cost is not None:
            yield share("cost", trace.cost, 1)
