"""Odoo 19 through its JSON-2 API: CRM and recruitment in one.

What belongs here: models, methods and error shapes of Odoo. What does not: deciding what is written. Run against a real
server by ``make test-odoo``; see docs/destinations/odoo.md.

``load`` with an external id is an upsert. Under concurrency it answers 200 with ``ids: false``, which means that nothing
was written; a field that does not exist answers 500 and will never succeed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.calls import Calls, Told
from resources.destinations.terms import Terms
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, paragraphs, plain, value_text
from resources.http.client import HttpClient
from resources.http.reply import Reply, code_of, fields_of, rows_of

MODELS = {"deal": "crm.lead", "contact": "res.partner", "company": "res.partner", "candidate": "hr.applicant"}
TAGS = {
    "crm.lead": ("crm.tag", "tag_ids"),
    "res.partner": ("res.partner.category", "category_id"),
    "hr.applicant": ("hr.applicant.category", "categ_ids"),
}
MODULE = "meeting_artifacts"
_CLOSING = {"crm.lead": ("active", "won_status"), "hr.applicant": ("active",)}
"""What tells that a record is closed; other kinds never are."""
_MADE = {"create_task": "mail.activity", "add_note": "mail.message"}
_TERMS = ("date_deadline", "user_id", "create_uid")
_PERMANENT = ("ValueError", "KeyError", "AttributeError", "TypeError", "UserError", "ValidationError", "AccessError")
_GONE = frozenset({"MissingError", "NotFound"})


class Odoo(Calls):
    """``Vendor``. Options: ``database``, ``family`` (crm or ats). The secret is an API key."""

    vendor = "odoo"

    def __init__(self, name: str, client: HttpClient, options: Mapping[str, str] | None = None) -> None:
        super().__init__(name, client, options)
        self.family = Family.ATS if self.options.get("family") == "ats" else Family.CRM

    async def preflight(self) -> Preflight:
        """The database's own id, and whether activities of the to-do type exist."""
        key = "database.uuid"
        uuid = await self._call("ir.config_parameter", "get_param", "the account", {"key": key})
        capabilities = {
            "create_task": Capability(Rung.UPSERT_KEY),
            "add_note": Capability(Rung.UPSERT_KEY),
            "set_field": Capability(Rung.SET_SEMANTIC),
            "add_tag": Capability(Rung.SET_SEMANTIC),
        }
        return Preflight(f"odoo-{uuid}", capabilities)

    async def find(self, write: Write) -> Sequence[Found]:
        """By the external id."""
        model = _MADE[write.operation]
        domain = [["module", "=", MODULE], ["name", "=", _name(write)], ["model", "=", model]]
        told = await self._call("ir.model.data", "search_read", write.name, {"domain": domain, "fields": ["res_id"]})
        ids = [row["res_id"] for row in rows_of(told)]
        if not ids:
            return []
        names = ["summary", "note"] if model == "mail.activity" else ["body"]
        terms = _TERMS if model == "mail.activity" else ()
        body = {"domain": [["id", "in", ids]], "fields": [*names, *terms]}
        return [
            Found(
                str(row["id"]),
                plain(" ".join(str(row.get(name) or "") for name in names)),
                terms=_terms(row) if terms else None,
            )
            for row in rows_of(await self._call(model, "search_read", write.name, body))
        ]

    async def create(self, write: Write) -> Receipt:
        """``load`` one row under its external id: made when missing, brought up to date when there."""
        return await self._loaded(write, await self._row(write))

    async def _loaded(self, write: Write, row: Mapping[str, str]) -> Receipt:
        model = _MADE[write.operation]
        body = {"fields": list(row), "data": [list(row.values())]}
        reply = await self._reply(model, "load", write.name, body, write=True)
        ids = rows_of(reply.json, "ids")
        if not ids:
            raise _not_loaded(self.name, write, reply)
        return self.receipt(reply, ids[0])

    async def update(self, write: Write, found: Found) -> Receipt:
        """The same upsert. An activity has an owner: without one it is its maker's."""
        owner = found.terms.back_to_maker(write) if found.terms is not None else None
        return await self._loaded(write, {**await self._row(write), **({"user_id/.id": owner} if owner else {})})

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Delete one of ours; its external id goes with it."""
        body = {"ids": [int(found.record_id)]}
        return self.receipt(
            await self._reply(_MADE[write.operation], "unlink", write.name, body, write=True), found.record_id
        )

    async def read(self, write: Write) -> Value:
        """The field with the record's write date, in whole seconds."""
        model = self._model(write)
        row = await self._record(write, model, [write.field, "write_date", *_CLOSING.get(model, ())])
        stamp = row.get("write_date")
        changed = datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC) if stamp else None
        raw = row.get(write.field)
        # A reference is [id, name] and is written by its id.
        pair = rows_of(raw)
        if len(pair) == 2 and isinstance(pair[1], str):
            raw = pair[0]
        # Odoo's numbers are never empty: nought stands for that.
        empty = raw is False or (isinstance(raw, int | float) and raw == 0)
        return Value(None if empty else value_text(raw), stamp=str(stamp), modified_at=changed, closed=_is_closed(row))

    async def closed(self, write: Write) -> bool | None:
        """Opportunities close, won or lost; applicants are archived."""
        model = self._model(write)
        names = _CLOSING.get(model)
        return names is not None and _is_closed(await self._record(write, model, list(names)))

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write one field. Odoo takes no precondition: between reading and writing remains a moment."""
        del known
        model = self._model(write)
        body = {"ids": [write.parent_number], "vals": {write.field: _typed(value)}}
        reply = await self._reply(model, "write", write.name, body, write=True)
        after = await self._record(write, model, ["write_date"])
        return self.receipt(reply, write.parent, stamp=str(after.get("write_date")))

    async def tagged(self, write: Write) -> bool:
        """Whether the record has the tag."""
        tag = await self._tag_id(write)
        model = self._model(write)
        name = TAGS[model][1]
        return tag is not None and tag in rows_of(await self._record(write, model, [name]), name)

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Link or unlink one tag, which repeats without effect. A missing tag is not invented."""
        tag = await self._tag_id(write)
        if tag is None:
            raise self.has_no(write, "such tag")
        model = self._model(write)
        body = {"ids": [write.parent_number], "vals": {TAGS[model][1]: [[4 if there else 3, tag]]}}
        return self.receipt(await self._reply(model, "write", write.name, body, write=True), write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Partners, leads and applicants by address."""
        column = {"contact": "email", "deal": "email_from", "candidate": "email_from"}.get(wanted.object)
        if column is None or not wanted.emails:
            return []
        names = ["display_name", *(["won_status"] if wanted.object == "deal" else [])]
        body = {"domain": [[column, "in", list(wanted.emails)]], "fields": names, "limit": 20}
        rows = rows_of(await self._call(MODELS[wanted.object], "search_read", f"the {wanted.object}", body))
        return [
            Candidate(str(row["id"]), row.get("display_name"), closed=row.get("won_status") in ("won", "lost"))
            for row in rows
        ]

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """The model's fields."""
        body = {"attributes": ["string", "type", "selection", "readonly"]}
        told = fields_of(await self._call(MODELS.get(kind, kind), "fields_get", f"the fields of {kind}", body))
        return [
            RemoteField(
                name,
                str(row.get("type")),
                row.get("string"),
                tuple(str(option[0]) for option in rows_of(row, "selection")),
                writable=not row.get("readonly"),
            )
            for name, row in sorted(told.items())
        ]

    def told(self, reply: Reply) -> Told | None:
        """``name`` of the exception: a 500 for a wrong field is final, a missing record is a 404."""
        if reply.status < 300:
            return None
        name = str(reply.fields.get("name") or "").rpartition(".")[2]
        code = code_of(name)
        if name in _GONE:
            return Told(FailureClass.RECORD_NOT_FOUND, code)
        if name == "AccessDenied":
            return Told(FailureClass.DESTINATION_UNAUTHORIZED, code)
        if reply.status in (400, 403, 422) or name in _PERMANENT:
            return Told(FailureClass.DESTINATION_REJECTED, code)
        return Told(code=code)

    async def _row(self, write: Write) -> dict[str, str]:
        """One row of ``load``."""
        model = self._model(write)
        row = {"id": f"{MODULE}.{_name(write)}"}
        if write.operation == "add_note":
            note = {"model": model, "res_id": write.parent, "body": paragraphs(write.body)}
            return {**row, **note, "message_type": "comment", "subtype_id/id": "mail.mt_note"}
        task = {
            "res_model_id/.id": str(await self._model_id(write, model)),
            "res_id": write.parent,
            "activity_type_id/id": "mail.mail_activity_data_todo",
            "summary": write.title,
            "note": paragraphs(write.body),
            # An activity has a day: without one it is the meeting's.
            "date_deadline": (write.due or (write.as_of or self.client.now()).date()).isoformat(),
        }
        return {**row, **task, **({"user_id/.id": write.owner_id} if write.owner_id else {})}

    async def _model_id(self, write: Write, model: str) -> int:
        body = {"domain": [["model", "=", model]], "fields": ["id"]}
        return int(rows_of(await self._call("ir.model", "search_read", write.name, body))[0]["id"])

    async def _tag_id(self, write: Write) -> int | None:
        body = {"domain": [["name", "=", write.tag]], "fields": ["id"], "limit": 1}
        rows = rows_of(await self._call(TAGS[self._model(write)][0], "search_read", write.name, body))
        return int(rows[0]["id"]) if rows else None

    async def _record(self, write: Write, model: str, names: list[str]) -> dict[str, Any]:
        body = {"domain": [["id", "=", write.parent_number]], "fields": names, "context": {"active_test": False}}
        rows = rows_of(await self._call(model, "search_read", write.name, body))
        if not rows:
            cause = f"{self.name} has no {write.object} of that id, so {write.name} was not written."
            raise Refusal(FailureClass.RECORD_NOT_FOUND, cause)
        return fields_of(rows[0])

    def _model(self, write: Write) -> str:
        return self.word(write, MODELS)

    async def _call(self, model: str, method: str, what: str, body: dict[str, Any]) -> Any:
        return (await self._reply(model, method, what, body)).json

    async def _reply(self, model: str, method: str, what: str, body: dict[str, Any], *, write: bool = False) -> Reply:
        database = self.options.get("database")
        headers = {"x-odoo-database": database} if database else None
        return await self.ask("POST", f"/json/2/{model}/{method}", what, json=body, headers=headers, write=write)


def _is_closed(row: Mapping[str, Any]) -> bool:
    return row.get("active") is False or row.get("won_status") in ("won", "lost")


def _terms(row: Mapping[str, Any]) -> Terms:
    # A reference is [id, name], and false where there is none.
    owner, maker = (str(rows_of(row, name)[0]) if row.get(name) else None for name in _TERMS[1:])
    return Terms(row.get(_TERMS[0]) or None, owner, maker, dated=True)


def _name(write: Write) -> str:
    return f"k{write.key}"


def _typed(value: str | None) -> object:
    """Numbers as numbers: Odoo does not convert them."""
    if value is None:
        return False
    try:
        return float(value) if not value.isdigit() else int(value)
    except ValueError:
        return value


def _not_loaded(name: str, write: Write, reply: Reply) -> Refusal:
    """200 with ``ids: false``: rolled back, either for good or because another transaction was at the same record."""
    told = " ".join(str(fields_of(message).get("message") or "") for message in rows_of(reply.json, "messages"))
    again = "serialize" in told or "concurrent" in told
    return Refusal(
        FailureClass.DESTINATION_UNAVAILABLE if again else FailureClass.DESTINATION_REJECTED,
        f"{name} rolled the import of {write.name} back, so it was not written.",
        status=reply.status,
        code="concurrent_update" if again else "not_loaded",
        request_digest=reply.request_digest,
    )
