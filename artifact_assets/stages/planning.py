"""From accepted items to planned writes.

What belongs here: which operation an item becomes, on which record, with which payload. What does not: sending (see
``delivery``). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from artifact_assets.domain.artifact import ActionItem, Artifact, Decision, FieldUpdate, Item, NextStep, Tag, headline
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.keys import intent_key, marker, record_key
from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.domain.records import IntentPlan, Json

KIND_OBJECTS = {"sales": "deal", "interview": "candidate", "support": "company"}
"""The record a meeting of each kind is about."""
FREE_MAIL = frozenset({"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"})


@dataclass(frozen=True)
class Desk:
    """One destination account writes are planned for."""

    tenant: str
    destination: str
    account: str
    own_domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Circumstances:
    """What planning needs to know of the meeting beside its artifact."""

    kind: str | None
    title: str | None
    started_at: datetime | None
    participants: tuple[Participant, ...]
    sidecar: Sidecar


def plan_writes(artifact: Artifact, about: Circumstances, desk: Desk) -> tuple[IntentPlan, ...]:
    """One intent per accepted item, in the order of the items. An artifact that failed as a whole plans nothing."""
    if artifact.failures:
        return ()
    return tuple(_plan(item, number, artifact, about, desk) for number, item in enumerate(artifact.accepted))


def _plan(item: Item, number: int, artifact: Artifact, about: Circumstances, desk: Desk) -> IntentPlan:
    operation, wanted_object, payload = _operation(item)
    target = target_of(wanted_object or KIND_OBJECTS.get(about.kind or "", "company"), artifact.meeting_id, about, desk)
    record = record_key(desk.tenant, desk.destination, desk.account, artifact.meeting_id, item.item_id, operation)
    payload = {
        **payload,
        "meeting_id": artifact.meeting_id,
        "meeting_title": about.title,
        "as_of": about.started_at.isoformat() if about.started_at is not None else None,
        "quote": item.evidence[0].quote if item.evidence else None,
        "marker": marker(record),
    }
    digest = digest_of(payload)
    return IntentPlan(
        intent_key=intent_key(record, target, digest),
        record_key=record,
        meeting_id=artifact.meeting_id,
        item_id=item.item_id,
        destination=desk.destination,
        account=desk.account,
        operation=operation,
        target=target,
        payload=payload,
        payload_digest=digest,
        revision=artifact.revision,
        sequence=number,
    )


def _operation(item: Item) -> tuple[str, str | None, Json]:
    """Operation, the object it must land on (None: the meeting's own record) and the payload's content."""
    content = item.content
    match content:
        case ActionItem():
            due = content.due.isoformat() if content.due is not None else None
            task = {"title": content.text, "owner": content.owner, "due": due, "due_text": content.due_text}
            return "create_task", None, task
        case NextStep():
            due = content.due.isoformat() if content.due is not None else None
            return "create_task", None, {"title": content.text, "owner": None, "due": due, "due_text": content.due_text}
        case Decision():
            return "add_note", None, {"body": f"Decision: {headline(content)}"}
        case FieldUpdate():
            return "set_field", content.object, {"field": content.field, "value": content.value}
        case Tag():
            return "add_tag", None, {"tag": content.tag}


def target_of(wanted: str, meeting_id: str, about: Circumstances, desk: Desk) -> Json:
    """The record an operation lands on: the sidecar's ref for this destination, else a stable key.

    The embedded store has no ids of its own that a sidecar could know, so a ref of another system serves as the key of the
    same record there: two meetings on one HubSpot deal meet on one deal. Without refs the outside participants' domain is
    the key, else the meeting.
    """
    own = about.sidecar.refs.get(desk.destination, {})
    if wanted in own:
        return {"object": wanted, "id": own[wanted]}
    for system, refs in sorted(about.sidecar.refs.items()):
        if wanted in refs:
            return {"object": wanted, "key": f"{system}:{refs[wanted]}"}
    domain = outside_domain(about.participants, desk.own_domains)
    return {"object": wanted, "key": f"domain:{domain}" if domain else f"meeting:{meeting_id}"}


def outside_domain(participants: tuple[Participant, ...], own_domains: tuple[str, ...]) -> str | None:
    """The other side's mail domain when there is exactly one, None otherwise: never a guess between two companies.

    Without configured ``own_domains`` nobody can tell the sides apart.
    """
    if not own_domains:
        return None
    domains = {
        person.email.rpartition("@")[2].lower() for person in participants if person.email and "@" in person.email
    }
    outside = domains - {domain.lower() for domain in own_domains} - FREE_MAIL
    return outside.pop() if len(outside) == 1 else None
