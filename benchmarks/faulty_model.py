"""A model in a process of its own that answers well, apart from a share of faults of every kind, from a seed.

What belongs here: which request gets which fault, and the log of what was answered. What does not: HTTP and the shapes of
faults (see ``tests.fakes.openai_server``) and the figures (see ``benchmarks.model_faults``).
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing as mp
import re
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from tests.fakes.http_server import Reply
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error, html, json_reply

_PROMISE = re.compile(r"^(\d+)\|([^|]*)\|(I'll send report [^.]*)\.", re.MULTILINE)
_MEETING = re.compile(r"meeting (\d+)")
HANG_SECONDS = 30.0


def filled(words: str) -> dict[str, Any]:
    """What a careful model finds: every promise to send a report."""
    return {
        "action_items": [
            {
                "text": promise.replace("I'll send", "Send"),
                "owner": who,
                "due": None,
                "due_text": None,
                "evidence": [{"turns": [int(turn)], "quote": promise}],
            }
            for turn, who, promise in _PROMISE.findall(words)
        ],
        "decisions": [],
        "next_steps": [],
    }


def _wrong_reference(good: dict[str, Any]) -> Outcome:
    items = [{**item, "evidence": [{"turns": [9999], "quote": "x"}]} for item in good["action_items"]]
    return {**good, "action_items": items}


FAULTS: dict[str, Callable[[dict[str, Any]], Outcome]] = {
    "no answer in time": lambda good: completion(good, delay=HANG_SECONDS),
    "hangs up": lambda _: Reply(hang_up=True),
    "breaks off": lambda _: Reply(200, b'{"choices": [', missing=99),
    "408": lambda _: error(408),
    "429 with a wait": lambda _: error(429, "rate_limit_exceeded", headers={"retry-after-ms": "300"}),
    "500": lambda _: error(500),
    "502 page": lambda _: html(502),
    "503 with a wait": lambda _: error(503, headers={"retry-after": "1"}),
    "200 page": lambda _: html(),
    "200 garbage": lambda _: Reply(200, b"\xff{"),
    "no choices": lambda _: json_reply({"choices": []}),
    "empty message": lambda _: completion(""),
    "refusal": lambda _: completion(None, refusal="no"),
    "400 filter": lambda _: error(400, "content_filter"),
    "400 context": lambda _: error(400, "context_length_exceeded"),
    "cut off": lambda _: completion('{"action_items": [', finish_reason="length"),
    "no JSON": lambda _: completion("Here you are:"),
    "missing key": lambda _: {"action_items": []},
    "wrong reference": _wrong_reference,
}
REFUSALS = frozenset({"refusal", "400 filter"})
"""After these a meeting has to end as failed."""
PAID = frozenset({"cut off", "no JSON", "missing key", "wrong reference", "refusal"})
"""Faulty answers that are answers: paid for, stored, and not asked for again."""


@dataclass
class Log:
    """What the model did. ``sent`` counts usable answers by request, ``served`` outcomes by kind."""

    sent: Counter[str] = field(default_factory=Counter[str])
    served: Counter[str] = field(default_factory=Counter[str])
    refused: set[str] = field(default_factory=set[str])
    requests: int = 0


def _serve(pipe: Connection, latency: float, share: float, seed: int) -> None:
    log, tries, kinds = Log(), Counter[str](), list(FAULTS)

    def script(body: dict[str, Any]) -> Outcome:
        key = hashlib.sha256(json.dumps([body["messages"], body.get("seed")]).encode()).hexdigest()
        tries[key] += 1
        log.requests += 1
        words = body["messages"][1]["content"]
        chance = Random(f"{seed} {key} {tries[key]}")
        kind = chance.choice(kinds) if chance.random() < share else "good"
        log.served[kind] += 1
        if kind in REFUSALS:
            found = _MEETING.search(words)
            log.refused.add(found[1] if found else "?")
        good = filled(words)
        if kind == "good" or kind in PAID:
            log.sent[key] += 1
        return good if kind == "good" else FAULTS[kind](good)

    with FakeOpenAI(script, latency=latency) as server:
        pipe.send(server.base_url)
        pipe.recv()
    pipe.send(log)


@dataclass
class FaultyModel:
    """A running model: its address, and its log once the block is over."""

    base_url: str
    log: Log = field(default_factory=Log)


@contextmanager
def faulty_model(latency: float, share: float, seed: int) -> Generator[FaultyModel]:
    """A model in its own process while the block lasts. ``latency`` is in seconds, ``share`` the faults among calls."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, latency, share, seed), daemon=True)
    process.start()
    model = FaultyModel(ours.recv())
    try:
        yield model
    finally:
        ours.send("stop")
        model.log = ours.recv()
        process.join()
