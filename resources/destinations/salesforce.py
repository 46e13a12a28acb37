"""Salesforce REST: tasks upserted by an external id, fields with a precondition, topics.

What belongs here: paths, bodies and error codes of Salesforce. What does not: deciding what is written. Sources and dates:
docs/destinations/salesforce.md.

Tasks, and notes as completed tasks, carry the record key in an external-id field of ours. Whether an activity field may be
unique is not established, so preflight asks ``describe``; without uniqueness two writers at once could make two, and the
record's own list, which SOQL reads consistently, is what decides instead.
"""

# SOQL only reads, and every value in it passes quoted or plain_id.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from resources.destinations.batching import Batcher, Outcome
from resources.destinations.calls import Calls, Told
from resources.destinations.salesforce_batches import ROWS, upserted
from resources.destinations.salesforce_queries import plain_id, queried, quoted
from resources.destinations.salesforce_ui import made, takes_tasks
from resources.destinations.terms import Terms
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, carries, plain, value_text
from resources.http.client import HttpClient
from resources.http.reply import Reply, code_of, fields_of, rows_of

KEY_FIELD = "Artifact_Record_Key__c"
OBJECTS = {"deal": "Opportunity", "contact": "Contact", "company": "Account", "lead": "Lead"}
_NUMBERS = frozenset({"currency", "double", "int", "percent"})
# Error codes that a status alone would misjudge.
_CODES = {
    "REQUEST_LIMIT_EXCEEDED": FailureClass.DESTINATION_QUOTA,
    "UNABLE_TO_LOCK_ROW": FailureClass.DESTINATION_RATE_LIMITED,
    "ENTITY_IS_DELETED": FailureClass.RECORD_NOT_FOUND,
    "INVALID_CROSS_REFERENCE_KEY": FailureClass.RECORD_NOT_FOUND,
    "NOT_FOUND": FailureClass.RECORD_NOT_FOUND,
    "INSUFFICIENT_ACCESS_OR_READONLY": FailureClass.DESTINATION_REJECTED,
}


class Salesforce(Calls):
    """``Vendor``. Options: ``version`` (such as v62.0), ``key_field``. The secret is an access token."""

    vendor = "salesforce"
    family = Family.CRM
    _unique = False
    _remembers = False

    def __init__(self, name: str, client: HttpClient, options: Mapping[str, str] | None = None) -> None:
        super().__init__(name, client, options)
        self._batcher = Batcher()
        self._types: dict[str, Mapping[str, str]] = {}

    async def preflight(self) -> Preflight:
        """The organization, and whether the key field is a unique external id."""
        rows = await self._query("SELECT Id FROM Organization", "the account")
        told = (await self.ask("GET", f"{self._base}/sobjects/Task/describe", "the fields of Task")).fields
        field = next((row for row in rows_of(told, "fields") if row.get("name") == self._key), None)
        self._unique = bool(field and field.get("externalId") and field.get("unique"))
        self._remembers = not self._unique and await takes_tasks(self, self._base)
        made = Capability(Rung.IDEMPOTENCY_KEY if self._remembers else Rung.PARENT_LIST, moves=False)
        warnings: tuple[str, ...] = ()
        if self._unique:
            made = Capability(Rung.UPSERT_KEY, moves=True, rows=ROWS)
        else:
            told_so = (
                f"Task has no field {self._key} that is External ID and Unique, so tasks are found by their marker"
                + (" and made under idempotency keys" if self._remembers else "")
                + ". Create it as docs/destinations/salesforce.md says."
            )
            warnings = (told_so,)
        capabilities = {
            "create_task": made,
            "add_note": made,
            "set_field": Capability(Rung.SET_SEMANTIC),
            "add_tag": Capability(Rung.SET_SEMANTIC),
        }
        return Preflight(f"salesforce-{rows[0]['Id'] if rows else 'unknown'}", capabilities, warnings)

    async def find(self, write: Write) -> Sequence[Found]:
        """By the key field, else in the record's own list. SOQL reads the database and not an index."""
        columns = "Id, Subject, Description, ActivityDate, OwnerId, CreatedById"
        if self._unique:
            rows = await self._query(f"SELECT {columns} FROM Task WHERE {self._key} = '{write.key}'", write.name)
        else:
            place = "WhoId" if write.object in ("contact", "lead") else "WhatId"
            rows = await self._query(
                f"SELECT {columns} FROM Task WHERE {place} = '{plain_id(write.parent)}'", write.name
            )
            rows = [row for row in rows if carries(row.get("Description"), write.marker)]
        task = write.operation == "create_task"
        return [
            Found(str(row["Id"]), self._comparable(write, row), terms=_terms(row) if task else None) for row in rows
        ]

    async def create(self, write: Write) -> Receipt:
        """Upsert by the key field, or create."""
        if self._unique:

            def send(writes: Sequence[Write]) -> Awaitable[Mapping[str, Outcome]]:
                return upserted(self, self._base, self._key, self._content, _CODES, writes)

            return await self._batcher.sent("Task", write, ROWS, send)
        body = self._content(write)
        if self._remembers:
            return await made(self, self._base, write, body)
        reply = await self.ask("POST", f"{self._base}/sobjects/Task", write.name, json=body, write=True)
        return self.receipt(reply, reply.fields.get("id"))

    async def update(self, write: Write, found: Found) -> Receipt:
        """Write subject, text, day and owner of one of ours, and the record it belongs to. A task has an owner."""
        path, body = f"{self._base}/sobjects/Task/{found.record_id}", self._content(write)
        if found.terms is not None:
            owner = found.terms.back_to_maker(write)
            body = {"ActivityDate": None, **body, **({"OwnerId": owner} if owner else {})}
        # Whether it is done is a person's.
        del body["Status"]
        reply = await self.ask("PATCH", path, write.name, json=body, write=True)
        return self.receipt(reply, found.record_id)

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Move one of ours to the recycle bin."""
        path = f"{self._base}/sobjects/Task/{found.record_id}"
        return self.receipt(await self.ask("DELETE", path, write.name, write=True), found.record_id)

    async def read(self, write: Write) -> Value:
        """The field with the record's modification stamp."""
        reply = await self.ask("GET", self._path(write), write.name)
        told = reply.fields
        stamp = told.get("SystemModstamp") or told.get("LastModifiedDate")
        changed = datetime.fromisoformat(str(stamp).replace("+0000", "+00:00")) if stamp else None
        closed = write.object == "deal" and told.get("IsClosed") is True
        return Value(value_text(told.get(write.field)), stamp=stamp, modified_at=changed, closed=closed)

    async def closed(self, write: Write) -> bool | None:
        """Opportunities close, won or lost."""
        if write.object != "deal":
            return False
        reply = await self.ask("GET", self._path(write), write.name, params={"fields": "IsClosed"})
        return reply.fields.get("IsClosed") is True

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write one field, unless the record changed since it was read: answered 412, and a person decides."""
        headers: dict[str, str] = {}
        sent = await self._as_declared(write, value)
        if known.modified_at is not None:
            # The header knows whole seconds only; what changes within the same one passes.
            headers["if-unmodified-since"] = format_datetime(
                known.modified_at.astimezone(UTC).replace(microsecond=0), usegmt=True
            )
        reply = await self.ask(
            "PATCH", self._path(write), write.name, json={write.field: sent}, headers=headers, write=True
        )
        return self.receipt(reply, write.parent)

    async def tagged(self, write: Write) -> bool:
        """Whether the topic is assigned."""
        return bool(await self._assignments(write))

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Assign a topic that exists, or take the assignment away. Salesforce refuses a second assignment."""
        if not there:
            row = (await self._assignments(write))[0]
            path = f"{self._base}/sobjects/TopicAssignment/{row['Id']}"
            return self.receipt(await self.ask("DELETE", path, write.name, write=True), write.parent)
        topics = await self._query(f"SELECT Id FROM Topic WHERE Name = '{quoted(write.tag)}'", write.name)
        if not topics:
            raise self.has_no(write, "such topic")
        body = {"TopicId": topics[0]["Id"], "EntityId": write.parent}
        path = f"{self._base}/sobjects/TopicAssignment"
        return self.receipt(await self.ask("POST", path, write.name, json=body, write=True), write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Contacts by address; accounts by the contacts' or website's domain; open opportunities of those accounts."""
        emails = ", ".join(f"'{quoted(email)}'" for email in wanted.emails)
        contacts = (
            await self._query(f"SELECT Id, Name, AccountId FROM Contact WHERE Email IN ({emails})", "the contact")
            if emails
            else []
        )
        if wanted.object == "contact":
            return [Candidate(str(row["Id"]), row.get("Name")) for row in contacts]
        accounts = sorted({str(row["AccountId"]) for row in contacts if row.get("AccountId")})
        if wanted.object == "company":
            return [Candidate(account) for account in accounts]
        if wanted.object != "deal" or not accounts:
            return []
        listed = ", ".join(f"'{plain_id(account)}'" for account in accounts)
        soql = f"SELECT Id, Name, IsClosed FROM Opportunity WHERE AccountId IN ({listed})"
        rows = await self._query(soql, "the opportunity")
        return [Candidate(str(row["Id"]), row.get("Name"), closed=row.get("IsClosed") is True) for row in rows]

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """The fields of an object, from ``describe``."""
        name = OBJECTS.get(kind, kind)
        told = (await self.ask("GET", f"{self._base}/sobjects/{name}/describe", f"the fields of {kind}")).fields
        return [
            RemoteField(
                row["name"],
                row.get("type", "string"),
                row.get("label"),
                tuple(str(option["value"]) for option in rows_of(row, "picklistValues")),
                writable=row.get("updateable", True) is not False,
            )
            for row in rows_of(told, "fields")
        ]

    def told(self, reply: Reply) -> Told | None:
        """``errorCode`` of the first error; a row lock comes as a 400 and passes, 300 means that the key is not unique."""
        if reply.status < 300:
            return None
        if reply.status == 409:
            # The first request under an idempotency key is still being worked on.
            return Told(FailureClass.DELIVERY_UNCERTAIN, "in_flight")
        first = fields_of(rows_of(reply.json)[0]) if rows_of(reply.json) else {}
        code = code_of(first.get("errorCode"))
        if reply.status == 300:
            return Told(FailureClass.DESTINATION_CONFLICT, "key_not_unique")
        return Told(_CODES.get(code or ""), code)

    def counted(self, reply: Reply) -> tuple[int, int] | None:
        """``Sforce-Limit-Info: api-usage=18/5000``."""
        told = reply.headers.get("sforce-limit-info", "").partition("api-usage=")[2].partition(",")[0]
        used, _, limit = told.partition("/")
        return (int(limit) - int(used), int(limit)) if used.isdigit() and limit.isdigit() else None

    @property
    def _base(self) -> str:
        return f"/services/data/{self.options.get('version', 'v62.0')}"

    @property
    def _key(self) -> str:
        return self.options.get("key_field", KEY_FIELD)

    def _path(self, write: Write) -> str:
        return f"{self._base}/sobjects/{self.word(write, OBJECTS)}/{plain_id(write.parent)}"

    def _content(self, write: Write) -> dict[str, Any]:
        note = write.operation == "add_note"
        subject = write.body.splitlines()[0][:255] if note else write.title[:255]
        place = "WhoId" if write.object in ("contact", "lead") else "WhatId"
        body = {
            "Subject": subject,
            "Description": write.body,
            place: write.parent,
            "Status": "Completed" if note else "Not Started",
        }
        if write.due and not note:
            body["ActivityDate"] = write.due.isoformat()
        if write.owner_id:
            body["OwnerId"] = write.owner_id
        return body

    async def _as_declared(self, write: Write, value: str | None) -> str | float | bool | None:
        """A value as the field's type has it in JSON; text where the type is not known."""
        if write.object not in self._types:
            self._types[write.object] = {field.name: field.type for field in await self.fields(write.object)}
        kind = self._types[write.object].get(write.field)
        if value is None or kind not in _NUMBERS | {"boolean"}:
            return value
        try:
            return value.lower() == "true" if kind == "boolean" else float(value)
        except ValueError:
            return value

    def _comparable(self, write: Write, row: dict[str, Any]) -> str:
        ours = self._content(write)
        same = all(plain(row.get(name)) == plain(ours[name]) for name in ("Subject", "Description"))
        if same:
            return write.text
        parts = (
            (row.get("Subject"), row.get("Description"))
            if write.operation == "create_task"
            else (row.get("Description"),)
        )
        return plain("\n".join(str(part or "") for part in parts))

    async def _assignments(self, write: Write) -> list[Any]:
        where = f"EntityId = '{plain_id(write.parent)}' AND Topic.Name = '{quoted(write.tag)}'"
        return await self._query(f"SELECT Id FROM TopicAssignment WHERE {where}", write.name)

    async def _query(self, soql: str, what: str) -> list[Any]:
        return await queried(self, self._base, soql, what)


def _terms(row: Mapping[str, Any]) -> Terms:
    # Ids have 18 letters here, of which a directory may leave out the last three.
    return Terms(row.get("ActivityDate"), row.get("OwnerId"), row.get("CreatedById"), letters=15)
