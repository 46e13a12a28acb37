"""An item with the words it rests on, in the talk around them, as HTML.

What belongs here: one item and its turns. What does not: the page.
"""

from __future__ import annotations

from html import escape

from artifact_assets.domain.artifact import ActionItem, Item, NextStep, headline
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.transcript import Transcript, Turn
from evals.comparison import Judged
from evals.dataset.case import Expected
from evals.dataset.meeting import EvalMeeting

AROUND = 2
LONGEST_GAP = 1
WORDS = {
    "right": "as labelled",
    "optional": "allowed",
    "forbidden": "must not be there",
    "surplus": "not in the labels",
}


def item_block(judged: Judged, meeting: EvalMeeting) -> str:
    """One delivered item: what it says, what the labels say of it, and its evidence in context."""
    item, content = judged.item, judged.item.content
    facts = [content.kind.replace("_", " ")]
    if isinstance(content, ActionItem):
        facts.append(f"owner: {content.owner or 'nobody'}")
    if isinstance(content, ActionItem | NextStep) and (content.due or content.due_text):
        facts.append(f"due: {content.due or content.due_text}")
    about = f": {judged.about}" if judged.about and judged.word != "right" else ""
    return (
        f'<div class="item {judged.word}"><p><b>{escape(headline(content))}</b></p>'
        f'<p class="soft">{escape(", ".join(facts))} · <span class="{_class(judged.word)}">'
        f"{escape(WORDS[judged.word] + about)}</span></p>{_context(item, meeting)}</div>"
    )


def missed_block(want: Expected, meeting: EvalMeeting) -> str:
    """Something expected that was not delivered, with the words it stands on."""
    turns = _turns(meeting, frozenset(want.evidence), {})
    return (
        f'<div class="item forbidden"><p><b>{escape(want.text)}</b></p><p class="soft">{want.kind.replace("_", " ")} · '
        f'<span class="bad">expected, not delivered</span></p>{turns}</div>'
    )


def _class(word: str) -> str:
    return "good" if word in {"right", "optional"} else "bad"


def _context(item: Item, meeting: EvalMeeting) -> str:
    marks: dict[int, list[tuple[int, int]]] = {}
    for evidence in item.evidence:
        for span in evidence.spans:
            marks.setdefault(span.turn, []).append((span.start, span.end))
    cited = frozenset(marks) or frozenset(turn for evidence in item.evidence for turn in evidence.turns)
    return _turns(meeting, cited, marks)


def _turns(meeting: EvalMeeting, cited: frozenset[int], marks: dict[int, list[tuple[int, int]]]) -> str:
    try:
        transcript: Transcript = meeting.transcript()
    except PipelineError as failure:
        return f'<p class="soft">{escape(failure.cause)}</p>'
    count = len(transcript.turns)
    near = sorted({t for c in cited for t in range(c - AROUND, c + AROUND + 1) if 0 <= t < count})
    lines: list[str] = []
    for place, turn in enumerate(near):
        if place and turn - near[place - 1] > LONGEST_GAP:
            lines.append('<p class="soft">...</p>')
        lines.append(_turn(transcript.turns[turn], marks.get(turn, []), cited=turn in cited))
    return f'<div class="turns">{"".join(lines)}</div>'


def _turn(turn: Turn, marks: list[tuple[int, int]], *, cited: bool) -> str:
    text, at = "", 0
    for start, end in sorted(marks):
        if start >= at:
            text += f"{escape(turn.text[at:start])}<mark>{escape(turn.text[start:end])}</mark>"
            at = end
    text += escape(turn.text[at:])
    kind = ' class="cited"' if cited else ' class="soft"'
    return f"<p{kind}>{turn.index} <b>{escape(turn.speaker or '?')}</b> {text}</p>"
