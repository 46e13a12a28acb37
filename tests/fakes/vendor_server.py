"""A scripted far side: a real HTTP server on this machine that keeps state and misbehaves on demand.

What belongs here: connections, faults and counting. What does not: any vendor's paths and records (one module each).

State lives here and not in the caller, so that duplicates are counted where they would hurt.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What arrived. ``json`` is None for a body that is none; ``match`` are the groups of the route."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    match: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int = 200
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None

    @property
    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.json is None else json.dumps(self.json).encode()


@dataclass
class Fault:
    """Something that goes wrong ``times`` times with writes (or with everything).

    Kinds: ``lost`` (done, then the connection is cut), ``lost_before`` (cut, nothing done), ``half`` (done, half of the answer
    is sent), ``drip`` (done, the answer never ends), ``answer`` (nothing done, this answer), ``after`` (done, but this answer).
    """

    kind: str
    times: int = 1
    answer: Answer = field(default_factory=Answer)
    writes_only: bool = True
    path: str = ""


@dataclass(frozen=True)
class Route:
    """One path of the far side. ``write`` marks those that change something."""

    method: str
    pattern: re.Pattern[str]
    handle: Callable[[Request], Answer]
    write: bool


class FakeVendor:
    """Base of the scripted vendors. ``now`` is the far side's clock, for lags; ``calls`` counts requests by kind."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.lag_seconds = 0.0
        self.delay_seconds = 0.0
        self.faults: list[Fault] = []
        self.calls: dict[str, int] = {"read": 0, "write": 0}
        self.unauthorized = False
        self.seen: list[Request] = []
        self.lock = threading.RLock()
        self.url = ""
        self._routes: list[Route] = []
        self._ids = 1000

    def route(self, method: str, pattern: str, handle: Callable[[Request], Answer], *, write: bool) -> None:
        """Answer a path; ``{}`` in the pattern stands for one part of it."""
        compiled = re.compile(re.escape(pattern).replace(r"\{\}", "([^/]+)"))
        self._routes.append(Route(method, compiled, handle, write))

    def new_id(self) -> str:
        """The next id."""
        self._ids += 1
        return str(self._ids)

    def fail(self, kind: str, times: int = 1, answer: Answer | None = None, **told: Any) -> None:
        """Script a fault."""
        self.faults.append(Fault(kind, times, answer or Answer(), **told))

    def missing(self, request: Request) -> Answer:
        """The vendor's answer for an unknown path or record."""
        return Answer(404, {"message": f"no {request.path}"})

    def denied(self) -> Answer:
        """The vendor's answer to wrong credentials."""
        return Answer(401, {"message": "unauthorized"})

    def handle(self, request: Request) -> tuple[Answer, Fault | None]:
        """Do what was asked, and say what goes wrong with the answer."""
        for route in self._routes:
            found = route.pattern.fullmatch(request.path)
            if found and route.method == request.method:
                break
        else:
            return self.missing(request), None
        with self.lock:
            self.calls["write" if route.write else "read"] += 1
            self.seen.append(request)
            if self.unauthorized:
                return self.denied(), None
            fault = self._fault(route, request)
            if fault is not None and fault.kind in ("answer", "lost_before"):
                return fault.answer, fault
            answer = route.handle(replace(request, match=found.groups()))
            return (fault.answer if fault is not None and fault.kind == "after" else answer), fault

    def _fault(self, route: Route, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and (route.write or not fault.writes_only) and fault.path in request.path:
                fault.times -= 1
                return fault
        return None


@contextmanager
def serving(vendor: FakeVendor) -> Generator[FakeVendor]:
    """The vendor on a free port of this machine; ``vendor.url`` leads there."""
    server = _Server(vendor)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, vendor: FakeVendor) -> None:
        self.vendor = vendor
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def _serve(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        vendor = server.vendor
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        request = Request(
            self.command,
            parts.path,
            {name: values[-1] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        if vendor.delay_seconds:
            time.sleep(vendor.delay_seconds)
        answer, fault = vendor.handle(request)
        kind = fault.kind if fault is not None else ""
        if kind in ("lost", "lost_before"):
            self._cut()
            return
        content = answer.bytes
        headers = {"content-type": "application/json", **answer.headers, "content-length": str(len(content))}
        head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n"
        if kind == "half":
            self.wfile.write(head.encode() + content[: len(content) // 2])
            self._cut()
            return
        if kind == "drip":
            self.wfile.write(head.encode())
            for _ in range(600):
                time.sleep(0.05)
                self.wfile.write(b" ")
        self.wfile.write(head.encode() + content)

    def _cut(self) -> None:
        """A reset: the other side learns nothing but that the connection is gone."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the library's names
