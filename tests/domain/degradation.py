"""The degradation matrix as data: one row per failure, what becomes of each kind of item, and who is told.

What belongs here: the rows. What does not: checking them (see ``test_degradation``); docs/art.md shows the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from artifact_assets.domain.art.codes import CODES, Code

KINDS = ("action_item", "decision", "field_update", "tag", "next_step")
DELIVERED, HELD, REPLACED, EXPIRED, NOT_APPLICABLE = "delivered", "held", "superseded", "expired", "-"
REVIEWER, CHECKS, TRACE = "reviewer, checks", "checks", "checks, `show`"


@dataclass(frozen=True)
class Row:
    """What becomes of an item of each of ``KINDS``, of the rest of the meeting, and who is told."""

    failure: str
    outcomes: tuple[str, ...]
    rest: str
    told: str
    codes: frozenset[Code]


def _row(failure: str, outcomes: tuple[str, ...], rest: str, told: str, *codes: Code) -> Row:
    return Row(failure, outcomes, rest, told, frozenset(codes))


_C = Code
ROWS = (
    _row("no quote, or one nobody said", (HELD,) * 5, DELIVERED, REVIEWER, _C.NO_EVIDENCE, _C.QUOTE_NOT_FOUND),
    _row("quote elsewhere or altered", (HELD,) * 5, DELIVERED, REVIEWER, _C.QUOTE_ELSEWHERE, _C.QUOTE_ALTERED),
    _row(
        "owner unknown or not tied",
        (HELD, "-", "-", "-", "-"),
        DELIVERED,
        REVIEWER,
        _C.OWNER_UNKNOWN,
        _C.OWNER_NOT_IN_EVIDENCE,
    ),
    _row(
        "number, name or address not said",
        (HELD, HELD, HELD, "-", HELD),
        DELIVERED,
        REVIEWER,
        _C.NUMBER_NOT_IN_EVIDENCE,
        _C.NAME_NOT_IN_EVIDENCE,
        _C.ADDRESS_NOT_IN_EVIDENCE,
    ),
    _row(
        "date not said or not resolvable",
        (HELD, HELD, HELD, "-", HELD),
        DELIVERED,
        REVIEWER,
        _C.DATE_NOT_IN_EVIDENCE,
        _C.DATE_UNRESOLVABLE,
    ),
    _row("text about something else", (HELD, HELD, "-", HELD, HELD), DELIVERED, REVIEWER, _C.TEXT_NOT_IN_EVIDENCE),
    _row("evidence says the opposite", (HELD, HELD, HELD, "-", HELD), DELIVERED, REVIEWER, _C.NEGATED),
    _row("taken back by name", (REPLACED, REPLACED, REPLACED, "-", REPLACED), DELIVERED, TRACE, _C.RETRACTED),
    _row("perhaps taken back", (HELD, HELD, HELD, "-", HELD), DELIVERED, REVIEWER, _C.POSSIBLY_RETRACTED),
    _row("a later value in the same meeting", ("-", "-", REPLACED, "-", "-"), DELIVERED, TRACE, _C.VALUE_REPLACED),
    _row(
        "value invalid or not said",
        ("-", "-", HELD, "-", "-"),
        DELIVERED,
        REVIEWER,
        _C.VALUE_INVALID,
        _C.VALUE_NOT_IN_EVIDENCE,
    ),
    _row(
        "field or tag not configured",
        ("-", "-", HELD, HELD, "-"),
        DELIVERED,
        REVIEWER,
        _C.FIELD_NOT_CONFIGURED,
        _C.TAG_NOT_IN_TAXONOMY,
    ),
    _row(
        "nothing to do: empty, supposed, past, small talk",
        (HELD, HELD, "-", "-", HELD),
        DELIVERED,
        REVIEWER,
        _C.NO_SUBSTANCE,
        _C.HYPOTHETICAL,
        _C.PAST_ACTION,
        _C.SMALL_TALK,
    ),
    _row("an order to a machine", (HELD,) * 5, DELIVERED, REVIEWER, _C.ORDER_TO_MACHINE),
    _row("over the cap", (HELD,) * 5, DELIVERED, REVIEWER, _C.OVER_THE_CAP),
    _row("looks like a rejected item", (HELD,) * 5, DELIVERED, REVIEWER, _C.RESEMBLES_REJECTED),
    _row("extraction suspect", (HELD,) * 5, HELD, REVIEWER, _C.EXTRACTION_SUSPECT),
    _row(
        "model answer cut short or unreadable",
        (HELD,) * 5,
        HELD,
        REVIEWER,
        _C.MODEL_OUTPUT_INVALID,
        _C.MODEL_OUTPUT_TRUNCATED,
    ),
    _row("task past due", (EXPIRED, "-", "-", "-", EXPIRED), DELIVERED, TRACE, _C.PAST_DUE),
    _row("meeting months ago", (EXPIRED, DELIVERED, EXPIRED, DELIVERED, EXPIRED), DELIVERED, TRACE, _C.TOO_OLD),
    _row("meeting years ago", (EXPIRED,) * 5, EXPIRED, TRACE, _C.TOO_OLD),
    _row(
        "meeting without a time",
        (DELIVERED, DELIVERED, HELD, DELIVERED, DELIVERED),
        DELIVERED,
        CHECKS,
        _C.MEETING_TIME_UNKNOWN,
    ),
    _row("meeting in the future", (HELD,) * 5, HELD, CHECKS, _C.MEETING_IN_FUTURE),
    _row(
        "a newer value is confirmed",
        (DELIVERED, DELIVERED, EXPIRED, DELIVERED, DELIVERED),
        DELIVERED,
        TRACE,
        _C.OLDER_THAN_CONFIRMED,
    ),
    _row(
        "record closed, live meeting",
        (EXPIRED, DELIVERED, EXPIRED, DELIVERED, EXPIRED),
        DELIVERED,
        TRACE,
        _C.RECORD_CLOSED,
    ),
    _row("record closed, backfill", (EXPIRED,) * 5, EXPIRED, TRACE, _C.RECORD_CLOSED),
)


def matrix_lines() -> list[str]:
    """The rows as docs/art.md shows them."""
    return [f"| {row.failure} | {' | '.join(row.outcomes)} | {row.rest} | {row.told} |" for row in ROWS]


def code_lines() -> list[str]:
    """Every code as docs/art.md shows it."""
    state = {code: "artifact withheld" if rule.artifact else rule.state.value for code, rule in CODES.items()}
    return [f"| {rule.quality} | `{code.value}` | {state[code]} | {rule.means} |" for code, rule in CODES.items()]
