"""Building what counts the ledger.

What belongs here: books, policy and clock from settings and configuration. What does not: counting (see ``reliability``) and
all other adapters (see ``wiring``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.ledger import SqlLedger


def bookkeeping_of(settings: Settings, configuration: Configuration, ledger: SqlLedger) -> Bookkeeping:
    """What counts an open ledger; nothing is read before it is asked."""
    return Bookkeeping(ledger.columns(), Books(settings.export), configuration.reliability, clock_for(settings))


@contextlib.contextmanager
def open_bookkeeping(settings: Settings, configuration: Configuration) -> Generator[Bookkeeping]:
    """What counts the ledger, which is closed afterwards."""
    with open_ledger(settings) as ledger:
        yield bookkeeping_of(settings, configuration, ledger)
