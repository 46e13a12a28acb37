"""A scripted Salesforce: external-id upserts, a little SOQL, preconditions with whole seconds."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tests.fakes.vendor_server import Answer, FakeVendor, Request

KEY = "Artifact_Record_Key__c"
SELF = "005INTEGRATIONAAA"
BASE = "/services/data/v62.0"
_WHERE = re.compile(r"FROM (\w+)(?: WHERE (.*))?")
_EQUAL = re.compile(r"([\w.]+) (?:= '([^']*)'|IN \(([^)]*)\))")


class FakeSalesforce(FakeVendor):
    """``unique`` tells whether the key field is an external id with unique values; a row with ``poison`` in it is refused.

    A task has an owner: ``SELF``, who made it, unless another is named.

    ``remembers`` tells whether the User Interface API has tasks;
    ``answers`` are those it gave, by idempotency key. While ``blind``, queries
    find no task.
    """

    def __init__(self, now: Any, *, unique: bool = True, remembers: bool = False) -> None:
        super().__init__(now)
        self.remembers = remembers
        self.blind = False
        self.answers: dict[str, Answer] = {}
        self.unique = unique
        self.rows: dict[str, dict[str, dict[str, Any]]] = {
            "Organization": {"00D1": {}},
            "Task": {},
            "Opportunity": {},
            "Contact": {},
            "Topic": {"0TO1": {"Name": "pricing"}},
            "TopicAssignment": {},
        }
        self.poison = ""
        self.moment = datetime(2026, 11, 17, 9, tzinfo=UTC)
        self.route("GET", f"{BASE}/query", self._query, write=False)
        self.route("GET", f"{BASE}/sobjects/{{}}/describe", self._describe, write=False)
        self.route("PATCH", f"{BASE}/sobjects/Task/{KEY}/{{}}", self._upsert, write=True)
        self.route("PATCH", f"{BASE}/composite/sobjects/Task/{KEY}", self._upsert_many, write=True)
        self.route("POST", f"{BASE}/sobjects/{{}}", self._create, write=True)
        self.route("GET", f"{BASE}/ui-api/object-info/Task", self._object_info, write=False)
        self.route("POST", f"{BASE}/ui-api/records", self._remembered, write=True)
        self.route("GET", f"{BASE}/sobjects/{{}}/{{}}", self._read, write=False)
        self.route("PATCH", f"{BASE}/sobjects/{{}}/{{}}", self._change, write=True)
        self.route("DELETE", f"{BASE}/sobjects/{{}}/{{}}", self._delete, write=True)

    def texts(self) -> list[str]:
        return [f"{row.get('Subject')} {row.get('Description')}" for row in self.rows["Task"].values()]

    def denied(self) -> Answer:
        return Answer(401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}])

    def missing(self, request: Request) -> Answer:
        return Answer(404, [{"errorCode": "NOT_FOUND", "message": "no"}])

    def _describe(self, request: Request) -> Answer:
        key = {"name": KEY, "type": "string", "externalId": True, "unique": self.unique}
        amount = {"name": "Amount", "type": "currency"}
        return Answer(json={"fields": [{"name": "Subject", "type": "string"}, amount, key]})

    def _object_info(self, request: Request) -> Answer:
        return Answer(json={"apiName": "Task", "createable": True}) if self.remembers else self.missing(request)

    def _remembered(self, request: Request) -> Answer:
        key, body = request.headers.get("idempotency-key", ""), request.json
        if not self.remembers or uuid.UUID(key).version != 4:
            return Answer(400, [{"errorCode": "BAD_REQUEST", "message": "no"}])
        if key not in self.answers:
            record_id = self.new_id()
            self.rows[body["apiName"]][record_id] = {**made_by(body["apiName"]), **body["fields"]}
            self.answers[key] = Answer(201, {"apiName": body["apiName"], "id": record_id, "fields": {}})
        return self.answers[key]

    def _query(self, request: Request) -> Answer:
        found = _WHERE.search(request.query["q"])
        assert found is not None
        kind, where = found.groups()
        rows = [{"Id": record_id, **row} for record_id, row in self.rows[kind].items()]
        if self.blind and kind == "Task":
            rows = []
        for column, value, values in _EQUAL.findall(where or ""):
            name = column
            wanted = {value} if not values else {part.strip(" '") for part in values.split(",")}
            if name == "Topic.Name":
                name, wanted = "TopicId", {i for i, t in self.rows["Topic"].items() if t["Name"] in wanted}
            rows = [row for row in rows if row.get(name) in wanted]
        return Answer(json={"totalSize": len(rows), "done": True, "records": rows})

    def _upsert(self, request: Request) -> Answer:
        key = request.match[0]
        if self._is_poisoned(request.json):
            return Answer(400, [{"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no"}])
        there = [i for i, row in self.rows["Task"].items() if row.get(KEY) == key]
        if len(there) > 1:
            return Answer(300, there)
        record_id = there[0] if there else self.new_id()
        self.rows["Task"].setdefault(record_id, made_by("Task")).update({**request.json, KEY: key})
        return Answer(200 if there else 201, {"id": record_id, "success": True, "created": not there})

    def _upsert_many(self, request: Request) -> Answer:
        body, told = request.json, list[dict[str, Any]]()
        if body["allOrNone"] is not False or len(body["records"]) > 200 or not self.unique:
            return Answer(400, [{"errorCode": "INVALID_FIELD", "message": "no"}])
        for record in body["records"]:
            row = {name: value for name, value in record.items() if name != "attributes"}
            if record.get("attributes") != {"type": "Task"} or self._is_poisoned(row):
                error: dict[str, Any] = {
                    "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                    "message": "no",
                    "fields": [],
                }
                told.append({"success": False, "errors": [error]})
                continue
            there = [i for i, known in self.rows["Task"].items() if known.get(KEY) == row[KEY]]
            record_id = there[0] if there else self.new_id()
            self.rows["Task"].setdefault(record_id, made_by("Task")).update(row)
            told.append({"id": record_id, "success": True, "created": not there, "errors": []})
        return Answer(200, told)

    def _is_poisoned(self, row: dict[str, Any]) -> bool:
        return any(self.poison in str(value) for value in row.values()) if self.poison else False

    def _create(self, request: Request) -> Answer:
        (kind,) = request.match
        if kind == "TopicAssignment" and request.json in self.rows[kind].values():
            return Answer(400, [{"errorCode": "DUPLICATE_VALUE", "message": "already assigned"}])
        record_id = self.new_id()
        self.rows[kind][record_id] = {**made_by(kind), **request.json}
        return Answer(201, {"id": record_id, "success": True})

    def _read(self, request: Request) -> Answer:
        kind, record_id = request.match
        row = self.rows[kind].get(record_id)
        if row is None:
            return self.missing(request)
        return Answer(json={"Id": record_id, "SystemModstamp": self.moment.isoformat(), **row})

    def _change(self, request: Request) -> Answer:
        kind, record_id = request.match
        row = self.rows[kind].get(record_id)
        if row is None:
            return self.missing(request)
        since = request.headers.get("if-unmodified-since")
        if since and self.moment.replace(microsecond=0) > parsedate_to_datetime(since):
            return Answer(412, [{"errorCode": "ITEM_MODIFIED", "message": "no"}])
        if "OwnerId" in request.json and not request.json["OwnerId"]:
            return Answer(400, [{"errorCode": "INVALID_CROSS_REFERENCE_KEY", "message": "an owner is required"}])
        row.update(request.json)
        return Answer(204)

    def _delete(self, request: Request) -> Answer:
        kind, record_id = request.match
        return Answer(204) if self.rows[kind].pop(record_id, None) is not None else self.missing(request)


def made_by(kind: str) -> dict[str, Any]:
    return {"OwnerId": SELF, "CreatedById": SELF, "ActivityDate": None} if kind == "Task" else {}
