"""Every reason the ART rules can give, one closed list.

What belongs here: codes, the quality each belongs to, what it does to an item. What does not: deciding whether a reason
applies (see the rules beside this file).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from artifact_assets.domain.artifact import ItemState, RuleFailure

Quality = Literal["accurate", "relevant", "timely"]


class Code(StrEnum):
    """Stored by value: rename never, add at the end of its group."""

    NO_EVIDENCE = "no_evidence"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_ELSEWHERE = "quote_elsewhere"
    QUOTE_ALTERED = "quote_altered"
    OWNER_UNKNOWN = "owner_unknown"
    OWNER_NOT_IN_EVIDENCE = "owner_not_in_evidence"
    NUMBER_NOT_IN_EVIDENCE = "number_not_in_evidence"
    NAME_NOT_IN_EVIDENCE = "name_not_in_evidence"
    ADDRESS_NOT_IN_EVIDENCE = "address_not_in_evidence"
    DATE_NOT_IN_EVIDENCE = "date_not_in_evidence"
    DATE_UNRESOLVABLE = "date_unresolvable"
    TEXT_NOT_IN_EVIDENCE = "text_not_in_evidence"
    NEGATED = "negated"
    RETRACTED = "retracted"
    POSSIBLY_RETRACTED = "possibly_retracted"
    VALUE_REPLACED = "value_replaced"
    VALUE_INVALID = "value_invalid"
    VALUE_NOT_IN_EVIDENCE = "value_not_in_evidence"
    EXTRACTION_SUSPECT = "extraction_suspect"
    MODEL_OUTPUT_INVALID = "model_output_invalid"
    MODEL_OUTPUT_TRUNCATED = "model_output_truncated"
    ORDER_TO_MACHINE = "order_to_machine"

    FIELD_NOT_CONFIGURED = "field_not_configured"
    TAG_NOT_IN_TAXONOMY = "tag_not_in_taxonomy"
    NO_SUBSTANCE = "no_substance"
    HYPOTHETICAL = "hypothetical"
    PAST_ACTION = "past_action"
    SMALL_TALK = "small_talk"
    OVER_THE_CAP = "over_the_cap"
    RESEMBLES_REJECTED = "resembles_rejected"

    PAST_DUE = "past_due"
    TOO_OLD = "too_old"
    MEETING_TIME_UNKNOWN = "meeting_time_unknown"
    MEETING_IN_FUTURE = "meeting_in_future"
    OLDER_THAN_CONFIRMED = "older_than_confirmed"
    RECORD_CLOSED = "record_closed"


@dataclass(frozen=True)
class CodeRule:
    """``state`` is what an item becomes; ``means`` says why to an operator; ``artifact`` marks gates on the whole."""

    quality: Quality
    state: ItemState
    means: str
    artifact: bool = False


_Q, _S, _E = ItemState.QUARANTINED, ItemState.SUPERSEDED, ItemState.EXPIRED
CODES: Mapping[Code, CodeRule] = {
    Code.NO_EVIDENCE: CodeRule("accurate", _Q, "the claim quotes nothing"),
    Code.QUOTE_NOT_FOUND: CodeRule("accurate", _Q, "a quote occurs nowhere in the meeting"),
    Code.QUOTE_ELSEWHERE: CodeRule("accurate", _Q, "a quote was said, but not in the turns it cites"),
    Code.QUOTE_ALTERED: CodeRule(
        "accurate",
        _Q,
        "a quote changes a number, a name or a negation of what was said",
    ),
    Code.OWNER_UNKNOWN: CodeRule(
        "accurate",
        _Q,
        "the owner is nobody in the meeting and not named in the evidence",
    ),
    Code.OWNER_NOT_IN_EVIDENCE: CodeRule(
        "accurate", _Q, "the owner neither says nor is given the task in the evidence"
    ),
    Code.NUMBER_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "a number, amount or percentage was not said"),
    Code.NAME_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "a proper name was not said"),
    Code.ADDRESS_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "an e-mail address, link or phone number was not said"),
    Code.DATE_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "a date does not follow from what was said"),
    Code.DATE_UNRESOLVABLE: CodeRule(
        "accurate",
        _Q,
        "a date is claimed though the meeting has no known time and zone",
    ),
    Code.TEXT_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "the text is about something the evidence does not mention"),
    Code.NEGATED: CodeRule("accurate", _Q, "the evidence says the opposite"),
    Code.RETRACTED: CodeRule("accurate", _S, "the meeting takes it back later"),
    Code.POSSIBLY_RETRACTED: CodeRule("accurate", _Q, "right after it, somebody takes something back"),
    Code.VALUE_REPLACED: CodeRule("accurate", _S, "the meeting names another value later"),
    Code.VALUE_INVALID: CodeRule("accurate", _Q, "the value does not parse as its field's type or is not allowed"),
    Code.VALUE_NOT_IN_EVIDENCE: CodeRule("accurate", _Q, "the value was not said"),
    Code.EXTRACTION_SUSPECT: CodeRule("accurate", _Q, "too many claims are ungrounded", artifact=True),
    Code.MODEL_OUTPUT_INVALID: CodeRule("accurate", _Q, "the model did not keep to the form twice", artifact=True),
    Code.MODEL_OUTPUT_TRUNCATED: CodeRule("accurate", _Q, "the model's answer was cut off", artifact=True),
    Code.ORDER_TO_MACHINE: CodeRule("accurate", _Q, "the evidence gives orders to whatever reads the transcript"),
    Code.FIELD_NOT_CONFIGURED: CodeRule("relevant", _Q, "the field is not configured"),
    Code.TAG_NOT_IN_TAXONOMY: CodeRule("relevant", _Q, "the tag is not in the taxonomy"),
    Code.NO_SUBSTANCE: CodeRule("relevant", _Q, "the text names no action, decision or step"),
    Code.HYPOTHETICAL: CodeRule("relevant", _Q, "the evidence only supposes it"),
    Code.PAST_ACTION: CodeRule("relevant", _Q, "the evidence tells of something already done"),
    Code.SMALL_TALK: CodeRule("relevant", _Q, "the evidence is small talk"),
    Code.OVER_THE_CAP: CodeRule("relevant", _Q, "the meeting already has as many items as the policy allows"),
    Code.RESEMBLES_REJECTED: CodeRule("relevant", _Q, "a person rejected an item on the same words"),
    Code.PAST_DUE: CodeRule("timely", _E, "the task was due before it could be delivered"),
    Code.TOO_OLD: CodeRule("timely", _E, "the meeting is too long ago for this kind of item"),
    Code.MEETING_TIME_UNKNOWN: CodeRule("timely", _Q, "without the meeting's time a newer value could be overwritten"),
    Code.MEETING_IN_FUTURE: CodeRule("timely", _Q, "the meeting claims to lie in the future"),
    Code.OLDER_THAN_CONFIRMED: CodeRule("timely", _E, "a later meeting's value is already confirmed"),
    Code.RECORD_CLOSED: CodeRule("timely", _E, "the record is closed"),
}


def failure(code: Code, reason: str) -> RuleFailure:
    """A failure of ``code``'s quality with a sentence for a person."""
    return RuleFailure(quality=CODES[code].quality, code=code.value, reason=reason)


def state_of(failures: tuple[RuleFailure, ...]) -> ItemState:
    """What an item with these failures becomes.

    Quarantine wins over superseded: an item with any open doubt is shown to a person. Expired wins over both, because
    what is too old is not worth a person's time.
    """
    states = {CODES[Code(failure.code)].state for failure in failures}
    for state in (ItemState.EXPIRED, ItemState.QUARANTINED, ItemState.SUPERSEDED):
        if state in states:
            return state
    return ItemState.ACCEPTED
