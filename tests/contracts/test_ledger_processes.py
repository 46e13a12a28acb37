"""What the ledger promises when several processes share it and some of them die, on SQLite and on PostgreSQL.

What belongs here: races and deaths of processes. What does not: one process's group commit (see ``test_ledger_writer``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

from artifact_assets.domain.states import IntentState, MeetingState
from resources.ledger.ledger import open_ledger
from tests.clock import NOON, ScriptedClock
from tests.conftest import TENANT
from tests.contracts import ledger_processes as others
from tests.contracts.ledger_values import arrival, checkpoint, later, planned, sent, settlement
from tests.processes import processes


def ends(process: ForkServerProcess) -> int | None:
    """The exit code."""
    process.join(60)
    return process.exitcode


def started(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Another process on the same ledger."""
    process = processes().Process(target=target, args=arguments)
    process.start()
    return process


def test_a_process_killed_between_commit_and_event_leaves_the_event_pending(
    ledger_url: str, clock: ScriptedClock
) -> None:
    assert ends(started(others.die_between_commit_and_event, ledger_url)) == 9
    with open_ledger(ledger_url, tenant=TENANT, clock=clock) as ledger:
        assert asyncio.run(ledger.pending(10)) == (checkpoint(),)


def test_processes_writing_at_once_never_hear_of_a_lock(ledger_url: str, clock: ScriptedClock) -> None:
    running = [started(others.write, ledger_url, str(number)) for number in range(3)]
    assert [ends(process) for process in running] == [0, 0, 0]
    with open_ledger(ledger_url, tenant=TENANT, clock=clock) as ledger:
        assert len(asyncio.run(ledger.meetings(state=MeetingState.NORMALIZED))) == 120


def test_the_insertion_lock_has_one_holder_across_processes(ledger_url: str, clock: ScriptedClock) -> None:
    held_now, give_back, given_back = (processes().Event() for _ in range(3))
    holder = started(others.hold_insertion_lock, ledger_url, held_now, give_back, given_back)
    assert held_now.wait(30)
    with open_ledger(ledger_url, tenant=TENANT, clock=clock) as ledger:
        # Given back only while we already wait for it, so that a lock that does not hold shows.
        threading.Timer(0.1, give_back.set).start()
        with ledger.insertion_lock():
            assert given_back.is_set()
    assert ends(holder) == 0


def test_the_insertion_lock_of_a_killed_holder_is_free(ledger_url: str, clock: ScriptedClock) -> None:
    assert ends(started(others.die_with_insertion_lock, ledger_url)) == 9
    with open_ledger(ledger_url, tenant=TENANT, clock=clock) as ledger, ledger.insertion_lock():
        pass


async def test_leases_go_by_the_clock_of_the_server_where_there_is_one(ledger_url: str) -> None:
    """A machine whose clock is a day ahead must not take what another one holds."""
    ahead = ScriptedClock(later(86_400 * 365 * 50))
    with open_ledger(ledger_url, tenant=TENANT, clock=ScriptedClock()) as here:
        await here.receive(arrival(), NOON)
        assert await here.begin("sync", "run-1", 60) is not None
        claimed = await sent(here, planned())
        with open_ledger(ledger_url, tenant=TENANT, clock=ahead) as there:
            took = await there.begin("sync", "run-2", 60)
            lapsed = await there.lapse(ahead.now())
        on_a_server = ledger_url.startswith("postgresql")
        assert (took is None, lapsed == 0) == (on_a_server, on_a_server)
        if on_a_server:
            settled = await here.settle(settlement(claimed, IntentState.CONFIRMED))
            assert settled.state is IntentState.CONFIRMED
