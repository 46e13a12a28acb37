"""HubSpot, date-versioned API.

What belongs here: paths, bodies and error codes of HubSpot. What does not: deciding what is written. Sources and dates:
docs/destinations/hubspot.md.

Tasks and notes are upserted by a property of ours with unique values, in one row of the batch endpoint; an upsert takes no
associations, so that putting the record on its deal is a second write of its own. Where the property is missing, records
are created with their association and found again by the marker in their text, through a search that lags.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.batching import Batcher, Outcome
from resources.destinations.calls import Calls, Told, number
from resources.destinations.hubspot_batches import ROWS, associated, upserted
from resources.destinations.hubspot_search import candidates_for, known, marked
from resources.destinations.terms import Terms
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, paragraphs, plain, value_text
from resources.http.client import HttpClient
from resources.http.reply import Reply, code_of, fields_of, rows_of

OBJECTS = "/crm/objects/2026-09"
ASSOCIATIONS = "/crm/objects/2026-03"
BATCH_ASSOCIATIONS = "/crm/associations/2026-03"
PROPERTIES = "/crm/properties/2026-09"
KEY_PROPERTY = "artifact_record_key"
PLURALS = {"deal": "deals", "contact": "contacts", "company": "companies"}
# HubSpot's own association types, from task or note to each object.
_TYPES = {
    "tasks": {"deals": 216, "contacts": 204, "companies": 192},
    "notes": {"deals": 214, "contacts": 202, "companies": 190},
}
_MADE = {"create_task": "tasks", "add_note": "notes"}
SEARCH_LAG_SECONDS = 60.0


class HubSpot(Calls):
    """``Vendor``. Options: ``key_property``, ``tag_property`` (a multiple-checkbox property), ``account``."""

    vendor = "hubspot"
    family = Family.CRM
    _keyed = frozenset[str]()

    def __init__(self, name: str, client: HttpClient, options: Mapping[str, str] | None = None) -> None:
        super().__init__(name, client, options)
        self._batcher = Batcher()
        # Records that associations under way start from, by intent key.
        self._made: dict[str, str] = {}

    async def preflight(self) -> Preflight:
        """The portal, and whether the key property exists and is unique."""
        account = self.options.get("account")
        if account is None:
            told = (await self.ask("GET", "/account-info/2026-03/details", "the account")).fields
            account = str(told.get("portalId"))
        keyed, warnings = set[str](), list[str]()
        for kind in ("tasks", "notes"):
            if await self._is_unique(kind):
                keyed.add(kind)
            else:
                warnings.append(
                    f"{kind} have no property {self._key} with unique values, so unanswered writes wait for a search and "
                    "may need a person. Create it as docs/destinations/hubspot.md says."
                )
        self._keyed = frozenset(keyed)
        searched = Capability(Rung.LAGGING_SEARCH, SEARCH_LAG_SECONDS)
        capabilities = {
            operation: Capability(Rung.UPSERT_KEY, moves=True, then="link", rows=ROWS) if kind in keyed else searched
            for operation, kind in _MADE.items()
        }
        capabilities["link"] = Capability(Rung.SET_SEMANTIC, rows=ROWS)
        capabilities["set_field"] = Capability(Rung.SET_SEMANTIC)
        if self.options.get("tag_property"):
            capabilities["add_tag"] = Capability(Rung.SET_SEMANTIC)
        return Preflight(f"hubspot-{account}", capabilities, tuple(warnings))

    async def find(self, write: Write) -> Sequence[Found]:
        """By the unique property or by the known id, which are direct reads; else by the search."""
        kind = _MADE[write.operation]
        if kind in self._keyed:
            body: dict[str, Any] = {
                "idProperty": self._key,
                "inputs": [{"id": write.key}],
                "properties": [*_TERMS, *_texts(kind)],
                "propertiesWithHistory": [],
            }
            rows = (await self.ask("POST", f"{OBJECTS}/{kind}/batch/read", write.name, json=body)).json
            return [_found(kind, row) for row in rows_of(rows, "results")]
        read = known if write.made is not None else marked
        rows = await read(self, f"{OBJECTS}/{kind}", [*_TERMS, *_texts(kind)], write)
        return [_found(kind, row) for row in rows]

    async def create(self, write: Write) -> Receipt:
        """One row of the batch upsert, or a create with its association."""
        kind = _MADE[write.operation]
        if kind in self._keyed:

            def send(writes: Sequence[Write]) -> Awaitable[Mapping[str, Outcome]]:
                path = f"{OBJECTS}/{kind}/batch/upsert"
                return upserted(self, path, self._key, self._properties, writes)

            return await self._batcher.sent(kind, write, ROWS, send)
        parent = self.word(write, PLURALS)
        link = {
            "to": {"id": write.parent},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TYPES[kind][parent]}],
        }
        body = {"properties": self._properties(write), "associations": [link]}
        reply = await self.ask("POST", f"{OBJECTS}/{kind}", write.name, json=body, write=True)
        return self.receipt(reply, reply.fields.get("id"))

    async def update(self, write: Write, found: Found) -> Receipt:
        """Write title and text of a record of ours."""
        path = f"{OBJECTS}/{_MADE[write.operation]}/{found.record_id}"
        # An owner that is no longer wanted has to be taken away by name; whether it is done is a person's.
        nobody = {"hubspot_owner_id": ""} if write.operation == "create_task" else {}
        told = {**nobody, **self._properties(write)}
        told.pop("hs_task_status", None)
        reply = await self.ask("PATCH", path, write.name, json={"properties": told}, write=True)
        return self.receipt(reply, found.record_id)

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Move a record of ours to the recycling bin."""
        path = f"{OBJECTS}/{_MADE[write.operation]}/{found.record_id}"
        return self.receipt(await self.ask("DELETE", path, write.name, write=True), found.record_id)

    async def link(self, write: Write, record_id: str, *, there: bool) -> Receipt:
        """Associate, or no longer; repeating either changes nothing."""
        kind, parent = _MADE[str(write.payload["of"])], self.word(write, PLURALS)
        if not there:
            path = f"{ASSOCIATIONS}/{kind}/{record_id}/associations/{parent}/{write.parent}"
            return self.receipt(await self.ask("DELETE", path, write.name, write=True), record_id)
        self._made[write.intent.intent_key] = record_id

        async def alone(one: Write, made: str) -> Receipt:
            # Only the path of the default association takes no body.
            path = f"{ASSOCIATIONS}/{kind}/{made}/associations/default/{parent}/{one.parent}"
            return self.receipt(await self.ask("PUT", path, one.name, write=True), made)

        def send(writes: Sequence[Write]) -> Awaitable[Mapping[str, Outcome]]:
            path = f"{BATCH_ASSOCIATIONS}/{kind}/{parent}/batch/associate/default"
            return associated(self, path, alone, self._made, writes)

        try:
            return await self._batcher.sent((kind, parent), write, ROWS, send)
        finally:
            self._made.pop(write.intent.intent_key, None)

    async def read(self, write: Write) -> Value:
        """The property with its history, which tells who changed it when."""
        params = {"properties": f"{write.field},hs_is_closed", "propertiesWithHistory": write.field}
        row = (await self.ask("GET", self._path(write), write.name, params=params)).fields
        history = rows_of(fields_of(row, "propertiesWithHistory"), write.field)
        changed = _time(fields_of(history[0]).get("timestamp")) if history else None
        told = fields_of(row, "properties")
        closed = write.object == "deal" and told.get("hs_is_closed") == "true"
        return Value(
            value_text(told.get(write.field)),
            stamp=row.get("updatedAt"),
            modified_at=_time(row.get("updatedAt")),
            by_person_at=changed,
            history=bool(history) or told.get(write.field) is None,
            closed=closed,
        )

    async def closed(self, write: Write) -> bool | None:
        """Deals close, won or lost."""
        if write.object != "deal":
            return False
        row = (await self.ask("GET", self._path(write), write.name, params={"properties": "hs_is_closed"})).fields
        return fields_of(row, "properties").get("hs_is_closed") == "true"

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write one property. HubSpot takes no precondition: between reading and writing remains a moment."""
        del known
        body = {"properties": {write.field: value or ""}}
        reply = await self.ask("PATCH", self._path(write), write.name, json=body, write=True)
        return self.receipt(reply, write.parent, stamp=reply.fields.get("updatedAt"))

    async def tagged(self, write: Write) -> bool:
        """Whether the checkbox is ticked."""
        return write.tag in await self._ticked(write)

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Tick or clear one checkbox: read, merge, write whole."""
        ticked = await self._ticked(write)
        wanted = ticked | {write.tag} if there else ticked - {write.tag}
        body = {"properties": {self.options["tag_property"]: ";".join(sorted(wanted))}}
        reply = await self.ask("PATCH", self._path(write), write.name, json=body, write=True)
        return self.receipt(reply, write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Contacts by address, companies by domain, deals through either."""
        return await candidates_for(self, OBJECTS, wanted)

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """The properties of an object."""
        rows = (await self.ask("GET", f"{PROPERTIES}/{PLURALS.get(kind, kind)}", f"the fields of {kind}")).json
        return [
            RemoteField(
                row["name"],
                row.get("type", "string"),
                row.get("label"),
                tuple(option["value"] for option in rows_of(row, "options")),
                writable=not fields_of(row, "modificationMetadata").get("readOnlyValue", False),
            )
            for row in rows_of(rows, "results")
        ]

    def told(self, reply: Reply) -> Told | None:
        """``category`` and ``policyName`` in the body; a 207 may hold nothing but failed rows."""
        body = reply.fields
        errors = rows_of(body, "errors")
        if reply.status == 207 and errors and not body.get("results"):
            code = code_of(fields_of(errors[0]).get("category"))
            # Rows that a batch read does not find are told like this too.
            missing = code in ("OBJECT_NOT_FOUND", "NOT_FOUND")
            return None if missing else Told(FailureClass.DESTINATION_REJECTED, code)
        if reply.status < 400:
            return None
        code = code_of(body.get("category"), body.get("errorType"))
        if reply.status == 429 and body.get("policyName") == "DAILY":
            return Told(FailureClass.DESTINATION_QUOTA, "DAILY")
        return Told(FailureClass.DESTINATION_UNAUTHORIZED if code == "MISSING_SCOPES" else None, code)

    def counted(self, reply: Reply) -> tuple[int, int] | None:
        """The daily headers; searches do not carry them."""
        left, whole = (number(reply.headers.get(f"x-hubspot-ratelimit-daily{end}")) for end in ("-remaining", ""))
        return (left, whole) if left is not None and whole else None

    @property
    def _key(self) -> str:
        return self.options.get("key_property", KEY_PROPERTY)

    def _path(self, write: Write) -> str:
        return f"{OBJECTS}/{self.word(write, PLURALS)}/{write.parent}"

    async def _is_unique(self, kind: str) -> bool:
        try:
            told = (await self.ask("GET", f"{PROPERTIES}/{kind}/{self._key}", f"the property {self._key}")).fields
        except Refusal as error:
            if error.failure_class is FailureClass.RECORD_NOT_FOUND:
                return False
            raise
        return told.get("hasUniqueValue") is True

    async def _ticked(self, write: Write) -> set[str]:
        name = self.options["tag_property"]
        row = (await self.ask("GET", self._path(write), write.name, params={"properties": name})).json
        return {part for part in str(fields_of(row, "properties").get(name) or "").split(";") if part}

    def _properties(self, write: Write) -> dict[str, str]:
        moment = datetime.combine(write.due, time(9), UTC) if write.due else (write.as_of or self.client.now())
        told = {"hs_timestamp": moment.isoformat().replace("+00:00", "Z")}
        if write.owner_id:
            told["hubspot_owner_id"] = write.owner_id
        if write.operation == "add_note":
            return {**told, "hs_note_body": paragraphs(write.body)}
        kind = {"hs_task_type": "TODO", "hs_task_status": "NOT_STARTED"}
        return {**told, **kind, "hs_task_subject": write.title, "hs_task_body": paragraphs(write.body)}


_TERMS = ("hs_timestamp", "hubspot_owner_id")
"""Of a task: when it is due, and whose it is."""


def _texts(kind: str) -> list[str]:
    return ["hs_note_body"] if kind == "notes" else ["hs_task_subject", "hs_task_body"]


def _found(kind: str, row: dict[str, Any]) -> Found:
    told = fields_of(row, "properties")
    text = plain(" ".join(told.get(name) or "" for name in _texts(kind)))
    moment = _time(told.get(_TERMS[0]))
    due = moment.astimezone(UTC).date().isoformat() if moment is not None else None
    terms = Terms(due, told.get(_TERMS[1]) or None, dated=True) if kind == "tasks" else None
    return Found(str(row["id"]), text, terms=terms)


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
