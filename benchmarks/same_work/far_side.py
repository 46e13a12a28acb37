"""The far side of the same work, a process of its own: a model that answers after a fixed time, and a system of record.

What belongs here: answering and counting. What does not: deciding anything. The model finds the same claims as the peers'
fake and answers in the form this project asks for; the system of record is a receiver of our webhook, one POST with an
idempotency key a write. ``/stats`` counts in the words of the peers' harness, which can use this server in its own's place.

``python -m benchmarks.same_work.far_side [--port 8099] [--latency-ms 200]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.fakes.http_server import HttpServer, Reply, Request

JSON = {"content-type": "application/json"}


@dataclass
class FarSide:
    """Counts requests by what they are about. ``kept`` holds each key's first answer."""

    latency: float
    asked: Counter[str] = field(default_factory=Counter[str])
    answered: Counter[str] = field(default_factory=Counter[str])
    posts: Counter[str] = field(default_factory=Counter[str])
    records: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    last_new: float | None = None
    in_flight: int = 0
    most_in_flight: int = 0

    async def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path == "/v1/chat/completions":
            return await self._model(request)
        if request.path == "/events":
            return self._event(request)
        if request.path == "/reset":
            self.reset()
        return Reply(200, json.dumps(self.stats()).encode(), JSON)

    def reset(self) -> None:
        """Count from nothing again."""
        for counted in (self.asked, self.answered, self.posts, self.records):
            counted.clear()
        self.last_new, self.most_in_flight = None, 0

    def stats(self) -> dict[str, Any]:
        """Counts, in the harness's words; ``doubled_records`` are second keys for one record of a meeting."""
        return {
            "llm_calls": self.asked.total(),
            "llm_distinct": len(self.asked),
            "llm_answered": self.answered.total(),
            "crm_posts": self.posts.total(),
            "crm_distinct": len(self.posts),
            "crm_meetings": len({meeting for meeting, *_ in map(json.loads, self.records)}),
            "doubled_records": sum(len(set(keys)) - 1 for keys in self.records.values()),
            "last_new_ts": self.last_new,
            "max_llm_inflight": self.most_in_flight,
        }

    async def _model(self, request: Request) -> Reply:
        key = sha256(request.body).hexdigest()
        self.asked[key] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
        finally:
            self.in_flight -= 1
        content = json.dumps(claims(request.json["messages"][-1]["content"]))
        self.answered[key] += 1
        message = {"role": "assistant", "content": content, "refusal": None}
        body = {
            "id": f"chatcmpl-{key[:8]}",
            "object": "chat.completion",
            "model": "fake-1",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 9000, "completion_tokens": 600, "total_tokens": 9600},
        }
        return Reply(200, json.dumps(body).encode(), JSON)

    def _event(self, request: Request) -> Reply:
        event, key = request.json, request.headers["idempotency-key"]
        self.posts[key] += 1
        if self.posts[key] == 1:
            self.last_new = time.time()
            self.records.setdefault(json.dumps([event["meeting_id"], event["record_key"]]), []).append(key)
        return Reply(200, json.dumps({"id": f"rec-{key[:12]}"}).encode(), JSON)


def claims(asked: str) -> dict[str, list[dict[str, Any]]]:
    """A filled-in form: the commitments and decisions of the transcript, each with its line, and a tag."""
    actions: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    tags: list[dict[str, Any]] = []
    for line in asked.split("\n"):
        parts = line.split("|", 2)
        if len(parts) < 3:
            continue
        number, who, text = parts
        evidence = [{"turns": [int(number)], "quote": text}]
        if text.startswith("I will"):
            actions.append({"text": text, "owner": who, "due": None, "due_text": "by friday", "evidence": evidence})
        elif text.startswith("We decided"):
            decisions.append({"text": text, "evidence": evidence})
        elif not tags and "renewal" in text:
            tags.append({"tag": "renewal", "evidence": evidence})
    return {"action_items": actions, "decisions": decisions, "next_steps": [], "tags": tags}


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--latency-ms", type=float, default=200)
    arguments = parser.parse_args()
    side = FarSide(arguments.latency_ms / 1000)
    with HttpServer(side.handle, port=arguments.port) as server:
        print(server.url, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
