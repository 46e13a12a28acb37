"""The clerk behind OpenAI's chat completions, on this machine only.

What belongs here: HTTP around ``clerk.answer``. What does not: what it answers.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Generator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.standin.clerk import answer

Answer = Callable[[Mapping[str, Any]], str]
PER_TOKEN = 4
"""Characters a token, to tell a usage that is not nonsense."""


class _Handler(BaseHTTPRequestHandler):
    answer: Answer

    def do_POST(self) -> None:
        """One chat completion."""
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = type(self).answer(body)
        read = sum(len(message["content"]) for message in body["messages"]) // PER_TOKEN
        usage = {"prompt_tokens": read, "completion_tokens": len(text) // PER_TOKEN}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        reply = json.dumps(
            {"object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage},
            ensure_ascii=False,
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Requests hold what was said: they are not logged."""


@contextlib.contextmanager
def serving(*, port: int = 0, how: Answer = answer) -> Generator[str]:
    """The base URL of a server that lives as long as the block. Port 0 is any free one."""

    class Handler(_Handler):
        answer = staticmethod(how)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
