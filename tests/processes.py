"""Processes of their own for tests that kill them or let them race.

What belongs here: starting them cheaply. What does not: what they do.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

_PRELOADED = ("alembic.command", "resources.clock", "resources.ledger.ledger", "tests.contracts.ledger_values")


def processes() -> ForkServerContext:
    """Children fork from a server that has imported what they need, which takes a fraction of a fresh interpreter's start.

    It never forked from this process, so that no child inherits a lock that one of our threads holds.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context
