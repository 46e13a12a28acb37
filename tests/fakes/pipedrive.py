"""A scripted Pipedrive: no keys at all, lists by parent that show a write at once."""

from __future__ import annotations

from typing import Any

from tests.fakes.vendor_server import Answer, FakeVendor, Request

STAMP = "2026-11-17T09:00:00+00:00"


class FakePipedrive(FakeVendor):
    """``rows`` are activities, notes and deals by kind and id. A page is shorter than asked for, so that paging is needed."""

    page_rows = 2

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.rows: dict[str, dict[str, dict[str, Any]]] = {"activities": {}, "notes": {}, "deals": {}}
        self.route("GET", "/v1/users/me", lambda _: ok({"id": 1, "company_id": 55}), write=False)
        for path, kind in (("/api/v2/activities", "activities"), ("/v1/notes", "notes"), ("/api/v2/deals", "deals")):
            self.route("GET", path, lambda r, k=kind: self._list(r, k), write=False)
            self.route("POST", path, lambda r, k=kind: self._create(r, k), write=True)
            self.route("GET", path + "/{}", lambda r, k=kind: self._read(r, k), write=False)
            for method in ("PATCH", "PUT"):
                self.route(method, path + "/{}", lambda r, k=kind: self._change(r, k), write=True)
            self.route("DELETE", path + "/{}", lambda r, k=kind: self._delete(r, k), write=True)

    def texts(self) -> list[str]:
        activities = [f"{row['subject']} {row['note']}" for row in self.rows["activities"].values()]
        return activities + [row["content"] for row in self.rows["notes"].values()]

    def denied(self) -> Answer:
        return Answer(401, {"success": False, "error": "unauthorized access"})

    def _list(self, request: Request, kind: str) -> Answer:
        wanted = request.query.get("deal_id")
        rows = [row for row in self.rows[kind].values() if wanted is None or str(row.get("deal_id")) == wanted]
        start = int(request.query.get("cursor") or request.query.get("start") or 0)
        end = start + min(self.page_rows, int(request.query.get("limit", 100)))
        page, more = rows[start:end], end < len(rows)
        further: dict[str, Any] = {"next_cursor": str(end)} if more and kind != "notes" else {}
        if kind == "notes":
            further = {"pagination": {"more_items_in_collection": more, "next_start": end}}
        return ok(page, additional_data=further)

    def _create(self, request: Request, kind: str) -> Answer:
        record_id = int(self.new_id())
        # Whoever made an activity owns it, unless another is named.
        given = {"owner_id": 1, "creator_user_id": 1, "due_date": None} if kind == "activities" else {}
        self.rows[kind][str(record_id)] = {"id": record_id, **given, **request.json}
        return Answer(201, ok({"id": record_id}).json)

    def _read(self, request: Request, kind: str) -> Answer:
        row = self.rows[kind].get(request.match[0])
        return ok(row) if row is not None else Answer(404, {"success": False, "error": "not found"})

    def _change(self, request: Request, kind: str) -> Answer:
        row = self.rows[kind].get(request.match[0])
        if row is None:
            return Answer(404, {"success": False, "error": "not found"})
        body = request.json
        if "owner_id" in body and not isinstance(body["owner_id"], int):
            return Answer(400, {"success": False, "error": "validation failed", "code": "ERR_SCHEMA_VALIDATION_FAILED"})
        row.setdefault("custom_fields", {}).update(body.pop("custom_fields", {}))
        row.update(body, update_time="2026-11-17T12:00:00+00:00")
        return ok(row)

    def _delete(self, request: Request, kind: str) -> Answer:
        self.rows[kind].pop(request.match[0], None)
        return ok({"id": request.match[0]})


def ok(data: Any, **more: Any) -> Answer:
    return Answer(200, {"success": True, "data": data, **more})
