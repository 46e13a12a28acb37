"""Files and batches of a fake OpenAI, scripted with how each batch goes.

What belongs here: uploads, batches, their states and files. What does not: chat completions (see ``openai_server``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.http_server import Reply, Request

Line = Mapping[str, Any]
Course = Callable[[list[dict[str, Any]]], tuple[str, list[Line], list[Line]]]
"""From a batch's requests to how it ends: status, lines of the output file, lines of the error file."""


def answered(custom_id: str, body: Mapping[str, Any]) -> Line:
    """A line of an output file."""
    return {"id": "x", "custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None}


def refused(custom_id: str, status: int = 400) -> Line:
    """A line of an error file."""
    body = {"error": {"code": "x"}}
    return {"id": "x", "custom_id": custom_id, "response": {"status_code": status, "body": body}, "error": None}


def expired(custom_id: str) -> Line:
    """A line of an error file for a request that was not reached in time."""
    return {"id": "x", "custom_id": custom_id, "response": None, "error": {"code": "batch_expired", "message": "x"}}


def _nothing() -> None:
    return None


@dataclass
class FakeBatches:
    """``after_polls`` polls later a batch is over, as ``course`` says; never, when that is None.

    ``after_create`` is called right after a batch exists and before its id is told: the place to die.
    """

    course: Course
    after_polls: int | None = 0
    lose_reply: Callable[[], object] = _nothing
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    batches: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def handle(self, request: Request) -> Reply | None:
        """The reply to a request about files or batches, None for others."""
        path = request.path.partition("?")[0].removeprefix("/v1")
        if request.method == "POST" and path == "/files":
            return self._upload(request)
        if request.method == "POST" and path == "/batches":
            return self._create(request.json)
        if path == "/batches":
            return _json({"object": "list", "data": list(self.batches.values())[::-1], "has_more": False})
        if found := re.fullmatch(r"/batches/([^/]+)(/cancel)?", path):
            return self._poll(found[1], cancel=found[2] is not None)
        if found := re.fullmatch(r"/files/([^/]+)/content", path):
            return Reply(200, self.files[found[1]])
        return None

    def requests_of(self, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The lines of a batch's input file."""
        return [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]

    def _upload(self, request: Request) -> Reply:
        boundary = request.headers["content-type"].split("boundary=")[1].encode()
        parts = request.body.split(b"--" + boundary)
        content = next(part for part in parts if b"filename=" in part).split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        return _json({"id": self._keep(content), "object": "file", "purpose": "batch", "bytes": len(content)})

    def _create(self, body: dict[str, Any]) -> Reply:
        number = f"batch_{len(self.batches) + 1}"
        self.batches[number] = {**body, "id": number, "object": "batch", "status": "in_progress", "polls": 0}
        if self.lose_reply():
            return Reply(hang_up=True)
        return _json(self.batches[number])

    def _poll(self, number: str, *, cancel: bool) -> Reply:
        batch = self.batches[number]
        over = batch["status"] not in {"in_progress", "cancelling"}
        if not over and (cancel or (self.after_polls is not None and batch["polls"] >= self.after_polls)):
            status, output, errors = self.course(self.requests_of(batch))
            batch["status"] = "cancelled" if cancel else status
            batch["output_file_id"] = self._keep(_lines(output)) if output else None
            batch["error_file_id"] = self._keep(_lines(errors)) if errors else None
        batch["polls"] += 1
        return _json(batch)

    def _keep(self, content: bytes) -> str:
        name = f"file_{len(self.files) + 1}"
        self.files[name] = content
        return name


def _lines(lines: list[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _json(body: Any) -> Reply:
    return Reply(200, json.dumps(body).encode(), {"content-type": "application/json"})
