"""From accepted items to planned writes.

What belongs here: which operation an item becomes, on which record, with which payload, and whether a person has to see it
first. What does not: finding records (see ``addressing``) and sending (see ``delivery``). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from artifact_assets.domain.artifact import ActionItem, Artifact, Decision, FieldUpdate, Item, NextStep, Tag, headline
from artifact_assets.domain.capabilities import UNSUPPORTED, Capability, Family
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.keys import intent_key, marker, record_key
from artifact_assets.domain.mapping import Approval, DestinationMapping, coerced
from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.domain.people import Person, person_for
from artifact_assets.domain.protected import mentions_protected
from artifact_assets.domain.records import IntentPlan, Json
from artifact_assets.domain.routes import Mode
from artifact_assets.domain.states import IntentState

KIND_OBJECTS = {"sales": "deal", "interview": "candidate", "support": "company"}
"""The record a meeting of each kind is about."""
FREE_MAIL = frozenset({"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"})


@dataclass(frozen=True)
class Aim:
    """The record an object of the meeting stands for, or why there is none."""

    target: Json
    failure: FailureClass | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Desk:
    """One destination account writes are planned for.

    ``mapping`` is None for the embedded store, which takes everything as it is. ``aims`` are the records found by object.
    """

    tenant: str
    destination: str
    account: str
    own_domains: tuple[str, ...] = ()
    family: Family = Family.EMBEDDED
    vendor: str = "records"
    mapping: DestinationMapping | None = None
    mode: Mode = Mode.DELIVER
    people: tuple[Person, ...] = ()
    capabilities: Mapping[str, Capability] = field(default_factory=dict[str, Capability])
    aims: Mapping[str, Aim] = field(default_factory=dict[str, Aim])


@dataclass(frozen=True)
class Circumstances:
    """What planning needs to know of the meeting beside its artifact."""

    kind: str | None
    title: str | None
    started_at: datetime | None
    participants: tuple[Participant, ...]
    sidecar: Sidecar


def plan_writes(artifact: Artifact, about: Circumstances, desk: Desk) -> tuple[IntentPlan, ...]:
    """The intents of the deliverable items, in order: of an artifact that failed as a whole, what a person decided.

    What the mapping does not allow or the destination does not have is left out.
    """
    plans: list[IntentPlan] = []
    for number, item in enumerate(artifact.deliverable):
        operation, _, payload = operation_of(item)
        if desk.mapping is not None and not _is_wanted(item, operation, desk):
            continue
        first = _plan(item, number, artifact, about, desk, payload)
        plans.append(first)
        then = desk.capabilities[operation].then if operation in desk.capabilities else None
        if then is not None:
            plans.append(_completion(first, then, desk))
    if desk.mapping is not None:
        # Values first: many vendors stamp a change on the record and not on its field, and a task or a tag of ours counts too.
        plans.sort(key=lambda plan: plan.operation != "set_field")
    return tuple(plans)


def object_of(item: Item, kind: str | None, mapping: DestinationMapping | None) -> str:
    """The object an item lands on: its own, else the one a meeting of this kind is about."""
    own = operation_of(item)[1]
    configured = mapping.objects.get(kind or "") if mapping is not None else None
    return own or configured or KIND_OBJECTS.get(kind or "", "company")


def _is_wanted(item: Item, operation: str, desk: Desk) -> bool:
    assert desk.mapping is not None
    named = f"{item.content.object}.{item.content.field}" if isinstance(item.content, FieldUpdate) else None
    allowed = desk.mapping.approval(operation, named) is not Approval.NEVER
    return allowed and desk.capabilities.get(operation, UNSUPPORTED) is not UNSUPPORTED


def _plan(item: Item, number: int, artifact: Artifact, about: Circumstances, desk: Desk, payload: Json) -> IntentPlan:
    operation = operation_of(item)[0]
    wanted = object_of(item, about.kind, desk.mapping)
    aim = desk.aims.get(wanted) or Aim(target_of(wanted, artifact.meeting_id, about, desk))
    record = record_key(desk.tenant, desk.destination, desk.account, artifact.meeting_id, item.item_id, operation)
    failure, cause = aim.failure, aim.cause
    state = IntentState.PLANNED if failure is None else IntentState.REJECTED
    if desk.mapping is not None:
        try:
            payload = _mapped(item, payload, about, desk)
        except ValueError as error:
            failure, state = FailureClass.DESTINATION_REJECTED, IntentState.REJECTED
            cause = (
                f"Item {item.item_id} of {artifact.meeting_id} does not fit its field at {desk.destination}: {error}."
            )
        if state is IntentState.PLANNED:
            state, cause = _held_for(item, operation, desk)
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
        intent_key=intent_key(record, aim.target, digest),
        record_key=record,
        meeting_id=artifact.meeting_id,
        item_id=item.item_id,
        destination=desk.destination,
        account=desk.account,
        operation=operation,
        target=aim.target,
        payload=payload,
        payload_digest=digest,
        revision=artifact.revision,
        sequence=number,
        state=state,
        failure_class=failure,
        cause=cause,
    )


def _held_for(item: Item, operation: str, desk: Desk) -> tuple[IntentState, str | None]:
    """Whether a person has to see the write first."""
    assert desk.mapping is not None
    quotes = [evidence.quote for evidence in item.evidence]
    if desk.family is Family.ATS and mentions_protected(headline(item.content), *quotes):
        cause = f"Item {item.item_id} may speak of a protected characteristic, so a person looks before it is written."
        return IntentState.AWAITING_REVIEW, cause
    named = f"{item.content.object}.{item.content.field}" if isinstance(item.content, FieldUpdate) else None
    if desk.mode is Mode.PROPOSE or desk.mapping.approval(operation, named) is Approval.REVIEW:
        return IntentState.AWAITING_REVIEW, None
    return IntentState.PLANNED, None


def _mapped(item: Item, payload: Json, about: Circumstances, desk: Desk) -> Json:
    """The payload in the destination's own names and values. Raises ValueError for a value its field does not take."""
    assert desk.mapping is not None
    match item.content:
        case FieldUpdate():
            mapped = desk.mapping.fields[f"{item.content.object}.{item.content.field}"]
            return {"field": mapped.field, "value": coerced(item.content.value, mapped), "mode": mapped.mode.value}
        case Tag():
            return {"tag": desk.mapping.tags.get(item.content.tag, item.content.tag)}
        case ActionItem():
            person = person_for(item.content.owner, desk.people, about.participants)
            user = person.users.get(desk.destination) if person is not None else None
            return {**payload, "owner_id": user} if user is not None else payload
        case _:
            return payload


def _completion(first: IntentPlan, then: str, desk: Desk) -> IntentPlan:
    """The second half of a write, sent once the first is confirmed."""
    record = record_key(desk.tenant, desk.destination, desk.account, first.meeting_id, first.item_id, then)
    payload = {"of": first.operation, "meeting_id": first.meeting_id, "marker": first.payload["marker"]}
    digest = digest_of(payload)
    return replace(
        first,
        intent_key=intent_key(record, first.target, digest),
        record_key=record,
        operation=then,
        payload=payload,
        payload_digest=digest,
        after=first.record_key,
    )


def operation_of(item: Item) -> tuple[str, str | None, Json]:
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
    outside = outside_domains(participants, own_domains)
    return outside.pop() if len(outside) == 1 else None


def outside_domains(participants: tuple[Participant, ...], own_domains: tuple[str, ...]) -> set[str]:
    """Every mail domain that is neither ours nor anybody's."""
    domains = {
        person.email.rpartition("@")[2].lower() for person in participants if person.email and "@" in person.email
    }
    return domains - {domain.lower() for domain in own_domains} - FREE_MAIL
