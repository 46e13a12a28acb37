"""A model extractor on real adapters: SQLite ledger, folder store, the SDK, and a scripted server.

What belongs here: putting them together, and small forms to answer with. What does not: assertions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifact_assets.domain.brief import Brief, Errand
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.policies import Backoff
from artifact_assets.domain.ports import Clock
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.asking import Asker
from artifact_assets.extraction.model.batch_desk import BatchDesk
from artifact_assets.extraction.model.batching import Batching
from artifact_assets.extraction.model.extractor import ModelExtractor
from resources.artifact_store import open_store
from resources.clock import SystemClock
from resources.language_model.openai_batches import OpenAIBatches
from resources.language_model.openai_model import OpenAIModel
from resources.ledger.batches import SqlBatches
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger, open_ledger
from resources.ledger.model_calls import SqlAnswers
from tests.conftest import TENANT
from tests.domain.meeting_of import meeting, sales_brief

QUICK = ModelPolicy(
    connect_timeout_seconds=1,
    read_timeout_seconds=5,
    call_timeout_seconds=5,
    deadline_seconds=20,
    backoff=Backoff(first_seconds=0.001, most_seconds=0.002),
)
PROMISE = meeting(
    ("Ana Ruiz", "Can you send the revised quote by Friday?"),
    ("Ben Cole", "Yes, I'll send the revised quote by Friday."),
)


def item(text: str, quote: str, *turns: int, **more: Any) -> dict[str, Any]:
    """An action item as a model writes it."""
    known = {"text": text, "owner": None, "due": None, "due_text": None, **more}
    return {**known, "evidence": [{"turns": list(turns), "quote": quote}]}


def form(*items: dict[str, Any], **lists: list[dict[str, Any]]) -> dict[str, Any]:
    """A filled-in form."""
    return {"action_items": list(items), "decisions": [], "next_steps": [], **lists}


def words_of(body: dict[str, Any]) -> str:
    """The user message of a request."""
    return body["messages"][1]["content"]


SEND_QUOTE = item("Send the revised quote", "I'll send the revised quote by Friday", 1, owner="Ben Cole")


@dataclass
class Desk:
    """An extractor and what it works with. ``brief`` names meeting m-1 of run r-1."""

    extractor: ModelExtractor
    ledger: SqlLedger
    answers: SqlAnswers
    dependencies: SqlDependencies
    asker: Asker
    batch_desk: BatchDesk

    @property
    def brief(self) -> Brief:
        """A sales meeting with fields and tags."""
        return errand_brief("m-1")


def errand_brief(meeting_id: str, *, live: bool = True, backfill: str | None = None) -> Brief:
    """A sales meeting's brief for one meeting."""
    errand = Errand(meeting_id=meeting_id, run_id="r-1", live=live, backfill=backfill)
    return sales_brief().model_copy(update={"errand": errand})


@contextlib.contextmanager
def open_desk(
    home: Path, base_url: str, policy: ModelPolicy = QUICK, clock: Clock | None = None, url: str | None = None
) -> Generator[Desk]:
    """A desk in ``home``. A second one there is a second process, as far as the ledger can tell."""
    clock = clock or SystemClock()
    with open_ledger(url or f"sqlite:///{home / 'ledger.db'}", tenant=TENANT, clock=clock) as ledger:
        answers, dependencies = SqlAnswers(ledger), SqlDependencies(ledger, clock)
        serial = iter(range(1_000_000))
        model, store = OpenAIModel(base_url, "test-key", policy, clock), open_store(str(home / "store"))
        endpoint, book = OpenAIBatches(model), SqlBatches(ledger)
        asker = Asker(
            model=model,
            answers=answers,
            dependencies=dependencies,
            store=store,
            clock=clock,
            policy=policy,
            owner=lambda run_id: f"{run_id}@{id(ledger)}:{next(serial)}",
            is_gone=lambda _: False,
            batching=Batching(book, endpoint, store, clock, policy.batch),
        )
        batch_desk = BatchDesk(model.provider, endpoint, book, answers, store, clock, policy)
        yield Desk(
            ModelExtractor(asker, "fake-1", DeterministicExtractor()), ledger, answers, dependencies, asker, batch_desk
        )
