"""Comparing what is at a destination with what is to be written and what was written before.

What belongs here: pure verdicts; a person's change is never overwritten. What does not: calls (see ``vendor``).
"""

from __future__ import annotations

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.exchange import Context, Verdict
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, value_text

_SEPARATORS = {"append": "\n", "merge": ";"}


def record_verdict(found: Found, write: Write, context: Context) -> Verdict:
    """What bringing a task or note up to date would do."""
    prior = Write(context.prior) if context.prior is not None else None
    if found.text == write.text and (prior is None or found.terms is None or found.terms.stand(prior, write)):
        return Verdict.SAME
    # With nothing remembered, whatever differs may be a person's words.
    if prior is None or found.text not in (prior.text, write.text):
        return Verdict.CONFLICT
    ours = found.terms is None or found.terms.are_ours(prior, write)
    return Verdict.UPDATE if ours else Verdict.CONFLICT


def is_ours(found: Found, write: Write) -> bool:
    """Whether a task or note is as it was written."""
    return found.text == write.text and (found.terms is None or found.terms.are_ours(write, write))


def wanted_value(write: Write) -> str | None:
    """The value of a field update, as compared."""
    return value_text(write.payload.get("value"))


def field_verdict(value: Value, write: Write, context: Context) -> tuple[Verdict, str | None]:
    """What a field update means now, and the value it would leave."""
    wanted = wanted_value(write)
    if value.text == wanted:
        return Verdict.SAME, wanted
    if write.mode in _SEPARATORS:
        there = [part for part in (value.text or "").split(_SEPARATORS[write.mode]) if part]
        new = [part for part in (wanted or "").split(_SEPARATORS[write.mode]) if part and part not in there]
        return (Verdict.UPDATE if new else Verdict.SAME), _SEPARATORS[write.mode].join([*there, *new])
    if value.closed:
        return Verdict.CONFLICT, wanted
    if value.text is None or write.mode == "set_if_empty":
        return (Verdict.CREATE, wanted) if value.text is None else (Verdict.KEPT, value.text)
    return (Verdict.UPDATE if _is_ours(value, write, context) else Verdict.CONFLICT), wanted


def _is_ours(value: Value, write: Write, context: Context) -> bool:
    """Whether no person changed the field since the meeting. Unknown is no."""
    if context.written == digest_of(str(value.text)) or (
        context.prior and wanted_value(Write(context.prior)) == value.text
    ):
        return True
    if value.history:
        return write.as_of is not None and (value.by_person_at is None or value.by_person_at <= write.as_of)
    return is_untouched(value, write, context)


def is_untouched(value: Value, write: Write, context: Context) -> bool:
    """Whether nobody but us changed the record since the meeting, as far as its stamp tells. Unknown is no."""
    if write.as_of is None:
        return False
    if value.stamp is not None and value.stamp in context.stamps:
        return True
    return value.modified_at is not None and value.modified_at <= write.as_of
