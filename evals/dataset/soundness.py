"""Whether a case keeps to its own transcript: turns that exist, quotes that were said.

What belongs here: the checks that need the transcript. What does not: the shape of a line (see ``case``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.grounding.words import normal_text
from artifact_assets.domain.transcript import Transcript
from evals.dataset.case import Expected
from evals.dataset.meeting import EvalMeeting


def unsound(meeting: EvalMeeting) -> Iterator[str]:
    """Every way in which the case contradicts its transcript or its configuration."""
    case = meeting.case
    try:
        transcript = meeting.transcript()
    except PipelineError as failure:
        told = case.expects.failure_class
        if told != failure.failure_class.value and case.expects.state != "failed":
            yield f"{case.case}: its transcript cannot be read ({failure.failure_class}) and it does not expect that"
        if case.expected:
            yield f"{case.case}: nothing can be expected of a transcript that cannot be read"
        return
    count = len(transcript.turns)
    for at, entry in enumerate((*case.expected, *case.forbidden)):
        beyond = [turn for turn in entry.evidence if not 0 <= turn < count]
        if beyond:
            name = entry.id if isinstance(entry, Expected) else f"forbidden[{at - len(case.expected)}]"
            yield f"{case.case}: {name} cites turn {beyond[0]} of {count}"
            return
    for item in case.expected:
        yield from _item(item, transcript, meeting)


def _item(item: Expected, transcript: Transcript, meeting: EvalMeeting) -> Iterator[str]:
    name = f"{meeting.case.case}: {item.id}"
    if item.quote is not None:
        said = " ".join(transcript.turns[turn].text for turn in item.evidence)
        if normal_text(item.quote) not in normal_text(said) and _letters(item.quote) not in _letters(said):
            yield f"{name} quotes what its turns do not say"
    vocabulary = meeting.configuration.vocabulary
    if item.kind is ItemKind.FIELD_UPDATE and f"{item.object}.{item.field}" not in {f.name for f in vocabulary.fields}:
        yield f"{name} updates {item.object}.{item.field}, which its configuration does not know"
    if item.kind is ItemKind.TAG and item.text not in {tag.name for tag in vocabulary.tags}:
        yield f"{name} is the tag {item.text}, which its configuration does not know"


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
