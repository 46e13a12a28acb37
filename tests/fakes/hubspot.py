"""A scripted HubSpot: objects with unique properties, a search that lags, associations, property history.

What belongs here: the semantics that decide about duplicates and overwrites. What does not: anything no adapter relies on.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.fakes.vendor_server import Answer, FakeVendor, Request

KINDS = ("tasks", "notes", "deals", "contacts", "companies")
KEY = "artifact_record_key"


class FakeHubSpot(FakeVendor):
    """``unique`` tells whether the key property exists with unique values; a row with ``poison`` in it is refused."""

    def __init__(self, now: Any, *, unique: bool = True) -> None:
        super().__init__(now)
        self.unique = unique
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.associations: set[tuple[str, str, str, str]] = set()
        self.poison = ""
        self.without_links = set[str]()
        self.wall = lambda: datetime(2026, 11, 17, 12, tzinfo=UTC)
        base = "/crm/objects/2026-09/{}"
        self.route("GET", "/account-info/2026-03/details", lambda _: Answer(json={"portalId": 77}), write=False)
        self.route("GET", "/crm/properties/2026-09/{}/{}", self._property, write=False)
        self.route("GET", "/crm/properties/2026-09/{}", self._properties, write=False)
        self.route("POST", base + "/batch/upsert", self._upsert, write=True)
        self.route("POST", base + "/batch/read", self._batch_read, write=False)
        self.route("POST", base + "/search", self._search, write=False)
        self.route("POST", base, self._create, write=True)
        self.route("GET", base + "/{}", self._read, write=False)
        self.route("PATCH", base + "/{}", self._patch, write=True)
        self.route("DELETE", base + "/{}", self._delete, write=True)
        link = "/crm/objects/2026-03/{}/{}/associations/{}/{}"
        self.route("PUT", link.replace("associations/", "associations/default/"), self._associate, write=True)
        self.route("DELETE", link, self._dissociate, write=True)
        together = "/crm/associations/2026-03/{}/{}/batch/associate/default"
        self.route("POST", together, self._associate_many, write=True)

    def texts(self) -> list[str]:
        return [
            f"{row['properties'].get('hs_task_subject', '')} {row['properties'].get('hs_task_body', '')}"
            f"{row['properties'].get('hs_note_body', '')}"
            for kind in ("tasks", "notes")
            for row in self.objects[kind].values()
        ]

    def add(self, kind: str, record_id: str, **properties: str) -> None:
        self._store(kind, record_id, properties)

    def value(self, kind: str, record_id: str, name: str) -> str | None:
        return self.objects[kind][record_id]["properties"].get(name)

    def _store(self, kind: str, record_id: str, properties: dict[str, str]) -> dict[str, Any]:
        row = self.objects[kind].setdefault(
            record_id, {"id": record_id, "properties": {}, "history": {}, "at": self.now()}
        )
        moment = self.wall().isoformat()
        for name, value in properties.items():
            if row["properties"].get(name) != value:
                row["properties"][name] = value
                row["history"].setdefault(name, []).insert(0, {"value": value, "timestamp": moment})
        row["updatedAt"] = moment
        return {"id": record_id, "properties": row["properties"], "updatedAt": moment}

    def _property(self, request: Request) -> Answer:
        if not self.unique:
            return Answer(404, {"category": "OBJECT_NOT_FOUND"})
        return Answer(json={"name": request.match[1], "hasUniqueValue": True})

    def _properties(self, request: Request) -> Answer:
        names = sorted({name for row in self.objects[request.match[0]].values() for name in row["properties"]})
        return Answer(json={"results": [{"name": name, "type": "string", "label": name} for name in names]})

    def _upsert(self, request: Request) -> Answer:
        (kind,) = request.match
        results: list[Any] = []
        errors: list[Any] = []
        inputs = request.json["inputs"]
        traced = all("objectWriteTraceId" in row for row in inputs)
        if len(inputs) > 100 or any("associations" in row for row in inputs) or not self.unique:
            return Answer(400, {"category": "VALIDATION_ERROR"})
        if not traced and any(self._is_poisoned(row) for row in inputs):
            return Answer(400, {"category": "VALIDATION_ERROR"})
        for row in inputs:
            name = row["idProperty"]
            if self._is_poisoned(row):
                context = {"objectWriteTraceId": [row["objectWriteTraceId"]]}
                errors.append({"status": "error", "category": "VALIDATION_ERROR", "context": context})
                continue
            there = [i for i, r in self.objects[kind].items() if r["properties"].get(name) == row["id"]]
            record_id = there[0] if there else self.new_id()
            stored = self._store(kind, record_id, row["properties"])
            results.append({**stored, "new": not there, "objectWriteTraceId": row.get("objectWriteTraceId")})
        if errors:
            told = {"status": "COMPLETE", "results": results, "numErrors": len(errors), "errors": errors}
            return Answer(207, told)
        return Answer(200, {"status": "COMPLETE", "results": results})

    def _is_poisoned(self, row: dict[str, Any]) -> bool:
        return any(self.poison in str(value) for value in row["properties"].values()) if self.poison else False

    def _batch_read(self, request: Request) -> Answer:
        (kind,) = request.match
        if "propertiesWithHistory" not in request.json:
            return Answer(400, {"category": "VALIDATION_ERROR"})
        name, wanted = request.json["idProperty"], [row["id"] for row in request.json["inputs"]]
        rows = [r for r in self.objects[kind].values() if r["properties"].get(name) in wanted]
        if not rows:
            return Answer(207, {"results": [], "numErrors": 1, "errors": [{"category": "OBJECT_NOT_FOUND"}]})
        return Answer(200, {"results": [{"id": r["id"], "properties": r["properties"]} for r in rows]})

    def _search(self, request: Request) -> Answer:
        (kind,) = request.match
        rows = [r for r in self.objects[kind].values() if self.now() - r["at"] >= self.lag_seconds]
        for told in request.json["filterGroups"][0]["filters"]:
            rows = [r for r in rows if self._matches(kind, r, told)]
        return Answer(
            json={"total": len(rows), "results": [{"id": r["id"], "properties": r["properties"]} for r in rows]}
        )

    def _matches(self, kind: str, row: dict[str, Any], told: dict[str, Any]) -> bool:
        name = told["propertyName"]
        if name.startswith("associations."):
            return (kind, row["id"], "companies", told["value"]) in self.associations
        value = row["properties"].get(name) or ""
        return told["value"] in value if "value" in told else value in told["values"]

    def _create(self, request: Request) -> Answer:
        (kind,) = request.match
        body = request.json
        record_id = self.new_id()
        for link in body.get("associations", []):
            self.associations.add((kind, record_id, "deals", link["to"]["id"]))
        return Answer(201, self._store(kind, record_id, body["properties"]))

    def _read(self, request: Request) -> Answer:
        kind, record_id = request.match
        row = self.objects[kind].get(record_id)
        if row is None:
            return self.missing(request)
        history = {n: row["history"].get(n, []) for n in request.query.get("propertiesWithHistory", "").split(",") if n}
        told = {"id": record_id, "properties": row["properties"], "updatedAt": row["updatedAt"]}
        return Answer(json={**told, "propertiesWithHistory": history})

    def _patch(self, request: Request) -> Answer:
        kind, record_id = request.match
        if record_id not in self.objects[kind]:
            return self.missing(request)
        return Answer(json=self._store(kind, record_id, request.json["properties"]))

    def _delete(self, request: Request) -> Answer:
        self.objects[request.match[0]].pop(request.match[1], None)
        return Answer(204)

    def _associate(self, request: Request) -> Answer:
        kind, record_id, _, _ = request.match
        if record_id not in self.objects[kind] or request.match[3] in self.without_links:
            return self.missing(request)
        self.associations.add((request.match[0], request.match[1], request.match[2], request.match[3]))
        return Answer(201, {"fromObjectId": record_id})

    def _associate_many(self, request: Request) -> Answer:
        kind, parent = request.match
        results: list[Any] = []
        for row in request.json["inputs"]:
            if row["from"]["id"] in self.objects[kind] and row["to"]["id"] not in self.without_links:
                self.associations.add((kind, row["from"]["id"], parent, row["to"]["id"]))
                results.append(row)
        missing = len(request.json["inputs"]) - len(results)
        errors: list[Any] = [{"category": "OBJECT_NOT_FOUND", "context": {}}] * missing
        told: dict[str, Any] = {"status": "COMPLETE", "results": results, "numErrors": missing, "errors": errors}
        return Answer(207 if missing else 201, told)

    def _dissociate(self, request: Request) -> Answer:
        self.associations.discard((request.match[0], request.match[1], request.match[2], request.match[3]))
        return Answer(204)
