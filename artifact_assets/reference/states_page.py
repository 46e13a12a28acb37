"""``docs/states.md``: both state machines and the failure classes, drawn from the tables the code runs on.

What belongs here: drawing. What does not: the tables (see ``domain.states`` and ``domain.failures``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from artifact_assets.domain.failures import FAILURE_RULES
from artifact_assets.domain.states import (
    ENDS_OF_DELIVERY,
    INTENT_TRANSITIONS,
    MEETING_STATES,
    OPEN_INTENTS,
    STATE_AFTER,
    IntentState,
    MeetingState,
)
from artifact_assets.reference.markdown import page, table

MEETING = """## A meeting

A meeting walks through its stages; each finished one leaves it in the next state, and the last ends in one of five ways. At any
stage it can fail for good or be put off until a known time. A new revision of the transcript takes it back to `received`;
stages whose result still holds are never run again. Every change is a row that
`python -m artifact_assets trace MEETING` prints."""
INTENT = """## A delivery intent

The recorded decision to write one thing at one destination. `sending` is committed before the call is made, so that a crash can
never hide a write. A `sending` whose owner is gone becomes `uncertain`, and `uncertain` is left only by asking the destination
whether the write is there, or by a person."""
FAILURES = """## Failure classes

One closed list. Each class has exactly one party that tries again: nested retries would multiply. **adapter**: inside the
stage's deadline; **ledger**: rescheduled with a next attempt; **dagster**: the run is started again; **person**: nothing
happens until somebody acts. Find meetings by class with `python -m artifact_assets meetings --failure-class CLASS`."""


def states_page() -> str:
    """The whole page."""
    return page(
        "# States and failures",
        MEETING,
        _diagram(_meeting_arrows()),
        table(
            ("state", "means", "Dagster shows", "exit code"),
            ((f"`{s}`", rule.means, rule.dagster, str(rule.exit_code)) for s, rule in MEETING_STATES.items()),
        ),
        INTENT,
        _diagram(_intent_arrows()),
        table(
            ("state", "may become", "moves by itself"),
            (
                (
                    f"`{before}`",
                    ", ".join(f"`{each}`" for each in _ordered(after)),
                    "yes" if before in OPEN_INTENTS else "",
                )
                for before, after in INTENT_TRANSITIONS.items()
            ),
        ),
        FAILURES,
        table(
            ("class", "nature", "tried again by", "what to do"),
            ((f"`{name}`", rule.nature, rule.retry_owner, rule.remedy) for name, rule in FAILURE_RULES.items()),
        ),
    )


def _meeting_arrows() -> Iterator[str]:
    on_the_way = list(STATE_AFTER.values())
    yield "[*] --> working"
    yield 'state "on its way" as working {'
    yield f"    [*] --> {on_the_way[0]}"
    for before, after in pairwise(on_the_way):
        yield f"    {before} --> {after}"
    yield "}"
    yield 'state "through" as ended {'
    for end in MeetingState:
        if end in ENDS_OF_DELIVERY:
            yield f"    {end}"
    yield "}"
    yield "working --> ended"
    for state, rule in MEETING_STATES.items():
        if state not in ENDS_OF_DELIVERY and state not in on_the_way:
            yield f"working --> {state}"
            yield f"{state} --> working: {'replay' if rule.terminal else 'due again'}"
    yield "ended --> working: new revision, replay"


def _intent_arrows() -> Iterator[str]:
    yield f"[*] --> {IntentState.PLANNED}"
    yield f"[*] --> {IntentState.AWAITING_REVIEW}"
    called_off = frozenset({IntentState.WITHDRAWN, IntentState.SUPERSEDED, IntentState.EXPIRED})
    for before, after in INTENT_TRANSITIONS.items():
        # Calling off is in the table: drawn, its arrows would hide all others.
        for state in _ordered(after - called_off):
            yield f"{before} --> {state}"


def _ordered(states: frozenset[IntentState]) -> list[IntentState]:
    return [state for state in IntentState if state in states]


def _diagram(arrows: Iterator[str]) -> str:
    lines = "\n".join(f"    {arrow}" for arrow in arrows)
    return f"```mermaid\nstateDiagram-v2\n{lines}\n```"
