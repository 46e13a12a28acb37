"""Writes that come together, sent as rows of one request, each with an outcome of its own.

What belongs here: gathering rows and giving each its answer. What does not: a vendor's batch endpoint (see the vendor's own
module) and what an outcome means (see ``stages.delivery``).

Nothing above knows of it: every row was committed as ``sending`` before it came here, has its own attempt and gets its own
receipt or refusal. A batch whose answer is lost leaves every row of it unanswered, and each is looked up by itself. Nobody
waits for a batch to fill: what comes while requests are under way goes out together with the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.refusals import Refusal
from resources.destinations.writing import Write

AT_ONCE = 4
"""Requests under way: few, so that rows gather; more than one, so that a slow answer does not hold up everybody."""
_WHOLLY_REFUSED = frozenset({FailureClass.DESTINATION_REJECTED, FailureClass.RECORD_NOT_FOUND})

Outcome = Receipt | PipelineError
SendRows = Callable[[Sequence[Write]], Awaitable[Mapping[str, Outcome]]]
"""Outcomes by intent key; a row without one counts as unanswered."""


@dataclass
class _Lane:
    """Rows that may share a request, in one event loop."""

    loop: asyncio.AbstractEventLoop
    waiting: list[tuple[Write, asyncio.Future[Receipt]]] = field(
        default_factory=list[tuple[Write, "asyncio.Future[Receipt]"]]
    )
    requests: set[asyncio.Task[None]] = field(default_factory=set["asyncio.Task[None]"])


class Batcher:
    """Gathers rows by lane. A caller that gives up takes its row along, unless it is under way already."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane] = {}

    async def sent(self, lane: Hashable, write: Write, most: int, send: SendRows) -> Receipt:
        """The row's receipt. Raises what the row, or the request as a whole, was answered with."""
        loop = asyncio.get_running_loop()
        found = self._lanes.get(lane)
        if found is None or found.loop is not loop:
            # Commands and runs each have a loop of their own; what a dead one left waiting was never sent.
            found = self._lanes[lane] = _Lane(loop)
        future: asyncio.Future[Receipt] = loop.create_future()
        found.waiting.append((write, future))
        if len(found.requests) < AT_ONCE:
            # In a context of its own: the first row's time to send is not that of the others. What is sent in rows is sent
            # under keys, or repeats without effect.
            request = loop.create_task(_work(found, most, send), context=Context())
            found.requests.add(request)
            request.add_done_callback(found.requests.discard)
        return await future


async def _work(lane: _Lane, most: int, send: SendRows) -> None:
    while lane.waiting:
        rows, lane.waiting = lane.waiting[:most], lane.waiting[most:]
        wanted = {write.intent.intent_key: (write, future) for write, future in rows if not future.done()}
        if wanted:
            outcomes = await _outcomes([write for write, _ in wanted.values()], send)
            for key, (write, future) in wanted.items():
                _tell(future, outcomes.get(key) or _untold(write))


async def _outcomes(writes: Sequence[Write], send: SendRows) -> Mapping[str, Outcome]:
    try:
        return await send(writes)
    except PipelineError as error:
        if len(writes) == 1 or error.failure_class not in _WHOLLY_REFUSED:
            return {write.intent.intent_key: error for write in writes}
        # One bad row had the whole request refused, and nothing was written: each is asked for by itself.
        outcomes: dict[str, Outcome] = {}
        for write in writes:
            outcomes |= await _outcomes([write], send)
        return outcomes
    except Exception as error:  # noqa: BLE001 - raised again at every caller; a task would keep it to itself
        broken = PipelineError(FailureClass.DELIVERY_UNCERTAIN, f"A batch broke with {type(error).__name__}.")
        return {write.intent.intent_key: broken for write in writes}


def _tell(future: asyncio.Future[Receipt], outcome: Outcome) -> None:
    if future.done():
        return
    if isinstance(outcome, Receipt):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)


def raced(refusal: Refusal) -> Refusal:
    """The same refusal as one that passes: another copy of the write, still under way, took the key this moment."""
    return Refusal(FailureClass.DESTINATION_UNAVAILABLE, refusal.cause, refusal.remedy, **refusal.told)


def _untold(write: Write) -> Refusal:
    return Refusal(
        FailureClass.DELIVERY_UNCERTAIN,
        f"The answer to a batch says nothing of {write.name}, so it may or may not have been written.",
        code="row_untold",
    )
