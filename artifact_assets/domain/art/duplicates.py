"""Relevance of the whole: one thing once, and no more things than a reader can take in.

What belongs here: merging duplicates, the later of two values of one field, and the cap. What does not: matching items
across extractions (see ``identity``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.judged import JudgedItem, place_of
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import ActionItem, Content, FieldUpdate, ItemState, NextStep, Tag, headline
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.grounding.words import normal_text, words_of
from artifact_assets.domain.quantities.amounts import mentions_of

_SUBSET = 100


def merged(items: Sequence[JudgedItem], policy: ArtPolicy) -> tuple[JudgedItem, ...]:
    """``items`` in order with duplicates of equal standing made one, all their evidence kept.

    Only items of the same state merge: an accepted item takes over no evidence that failed.
    """
    kept: list[JudgedItem] = []
    for item in items:
        twin = next((n for n, other in enumerate(kept) if _same(item, other, policy)), None)
        if twin is None:
            kept.append(item)
        else:
            kept[twin] = _one_of(kept[twin], item)
    return tuple(kept)


def _same(one: JudgedItem, other: JudgedItem, policy: ArtPolicy) -> bool:
    if one.state is not other.state or one.content.kind != other.content.kind:
        return False
    match one.content, other.content:
        case FieldUpdate() as a, FieldUpdate() as b:
            return (a.object, a.field) == (b.object, b.field) and _value(a.value) == _value(b.value)
        case Tag() as a, Tag() as b:
            return a.tag == b.tag
        case a, b:
            return _compatible(a, b) and _reads_alike(headline(a), headline(b), policy.duplicate_likeness)


def _value(value: str) -> str:
    return normal_text(value).removesuffix(" dollar").removesuffix(" euro").removesuffix(" pound")


def _compatible(one: Content, other: Content) -> bool:
    """Whether owners and days do not speak against it; an unknown one is no contradiction."""
    if isinstance(one, ActionItem) and isinstance(other, ActionItem):
        owners = {normal_text(c.owner) for c in (one, other) if c.owner}
        if len(owners) > 1 and not _nested(owners):
            return False
    if isinstance(one, ActionItem | NextStep) and isinstance(other, ActionItem | NextStep):
        return len({c.due for c in (one, other) if c.due}) <= 1
    return True


def _nested(names: set[str]) -> bool:
    one, other = (set(name.split()) for name in sorted(names))
    return one <= other or other <= one


def _reads_alike(one: str, other: str, threshold: float) -> bool:
    a, b = normal_text(one), normal_text(other)
    if a == b:
        return True
    if {m.value for m in mentions_of(words_of(one))} != {m.value for m in mentions_of(words_of(other))}:
        return False
    if ("not" in a.split()) != ("not" in b.split()):
        return False
    longest = max(len(a.split()), len(b.split()))
    added = abs(len(a.split()) - len(b.split()))
    # "send the pack" and "send the pack to legal": one contains the other with little added.
    contained = token_set_ratio(a, b) >= _SUBSET and added <= max(1, longest // 4)
    return contained or token_sort_ratio(a, b) >= 100 * threshold


def _one_of(first: JudgedItem, second: JudgedItem) -> JudgedItem:
    """The fuller wording of the two with the evidence, reasons and surer confidence of both."""
    fuller = second.content if _fullness(second.content) > _fullness(first.content) else first.content
    confidences = [c for c in (first.confidence, second.confidence) if c is not None]
    return first.model_copy(
        update={
            "content": fuller,
            "evidence": tuple({(e.turns, e.quote): e for e in (*first.evidence, *second.evidence)}.values()),
            "failures": tuple(dict.fromkeys((*first.failures, *second.failures))),
            "confidence": max(confidences, default=None),
            "claims": first.claims + second.claims,
        }
    )


def _fullness(content: Content) -> tuple[int, int, bytes]:
    known = sum(value is not None for _, value in content)
    return known, len(headline(content)), to_bytes(content)


def latest_values(items: Sequence[JudgedItem]) -> tuple[JudgedItem, ...]:
    """Of several accepted values of one field the one said last stays; the others are superseded."""
    last: dict[tuple[str, str], JudgedItem] = {}
    for item in items:
        if isinstance(item.content, FieldUpdate) and item.state is ItemState.ACCEPTED:
            name = (item.content.object, item.content.field)
            if name not in last or place_of(item.evidence, last=True) > place_of(last[name].evidence, last=True):
                last[name] = item
    replaced = failure(Code.VALUE_REPLACED, "The meeting names another value for this field later.")
    return tuple(
        item.model_copy(update={"state": ItemState.SUPERSEDED, "failures": (*item.failures, replaced)})
        if isinstance(item.content, FieldUpdate)
        and item.state is ItemState.ACCEPTED
        and last[item.content.object, item.content.field] is not item
        else item
        for item in items
    )


def capped(items: Sequence[JudgedItem], most: int) -> tuple[JudgedItem, ...]:
    """At most ``most`` accepted items, the surest first, then the earliest; the rest waits for a person."""
    accepted = [n for n, item in enumerate(items) if item.state is ItemState.ACCEPTED]
    ranked = sorted(accepted, key=lambda n: (-(items[n].confidence or 0.0), n))
    over = frozenset(ranked[most:])
    reason = failure(Code.OVER_THE_CAP, f"The meeting has more than {most} accepted items.")
    return tuple(
        item.model_copy(update={"state": ItemState.QUARANTINED, "failures": (*item.failures, reason)})
        if n in over
        else item
        for n, item in enumerate(items)
    )
