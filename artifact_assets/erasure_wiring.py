"""Building what erases.

What belongs here: which places an erasure reaches. What does not: reaching them, and all other wiring (see ``wiring``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from artifact_assets.assets.forgetting import DagsterEvents
from artifact_assets.assets.targeted import UnknownTargetsError, targeted
from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.erasure import ErasureStep
from artifact_assets.domain.erasure_ports import Copies
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.retention import RetentionPolicy
from artifact_assets.domain.routes import RECORDS
from artifact_assets.partitions import MEETINGS
from artifact_assets.reliability.erased import Exported
from artifact_assets.stages.erasing import Eraser
from artifact_assets.stages.retaining import Retaining
from artifact_assets.wiring import clock_for, is_gone, open_ledger
from resources.artifact_store import FileStore, open_store
from resources.destinations.record_store import RecordStore
from resources.eval_cases import EvalCases
from resources.inbox import FileInbox
from resources.ledger.erasure_book import SqlErasures
from resources.ledger.ledger import SqlLedger
from resources.ledger.retention_book import SqlRetentions
from resources.tombstones import FileTombstones


@contextlib.contextmanager
def open_eraser(
    settings: Settings, instance: dg.DagsterInstance, *, ledger: SqlLedger | None = None
) -> Generator[Eraser]:
    """What erases meetings from ledger, store, inbox, record store and the Dagster ``instance``."""
    with contextlib.ExitStack() as stack:
        opened = ledger if ledger is not None else stack.enter_context(open_ledger(settings))
        records = RecordStore.open(settings.records_url, name=RECORDS, now=clock_for(settings).now)
        stack.callback(records.close)
        book, store = SqlErasures(opened), open_store(settings.store)

        def finished(run_id: str) -> bool:
            run = instance.get_run_by_id(run_id)
            return run is not None and run.is_finished

        yield Eraser(
            book=book,
            store=store,
            sources=FileInbox(settings.inbox),
            tombstones=FileTombstones(settings.home, store),
            clock=clock_for(settings),
            is_gone=lambda owner: is_gone(owner, finished),
            copies=places(settings.home, settings.export, book, records, instance),
        )


@contextlib.contextmanager
def open_retaining(
    settings: Settings, instance: dg.DagsterInstance, configuration: Configuration | None = None
) -> Generator[Retaining]:
    """What removes by the configuration's retention policy, from ledger, store, inbox and the Dagster ``instance``."""
    policy = (configuration or read_configuration(settings.config)).retention
    with open_ledger(settings) as ledger:
        yield retaining(policy, ledger, open_store(settings.store), settings.inbox, clock_for(settings), instance)


def retaining(
    policy: RetentionPolicy, ledger: SqlLedger, store: FileStore, inbox: str, clock: Clock, instance: dg.DagsterInstance
) -> Retaining:
    """Retention over opened parts."""

    async def targets() -> frozenset[str]:
        try:
            return await asyncio.to_thread(
                lambda: frozenset(targeted(instance, instance.get_dynamic_partitions(str(MEETINGS.name))))
            )
        except UnknownTargetsError as error:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE, f"{error} Nothing was removed meanwhile.", "Wait until it is over."
            ) from None

    quotes = (DagsterEvents(instance, SqlErasures(ledger).report_again),)
    return Retaining(policy, SqlRetentions(ledger), store, FileInbox(inbox), clock, targets, quotes)


def places(
    home: Path, export: Path, book: SqlErasures, records: RecordStore, instance: dg.DagsterInstance
) -> Mapping[ErasureStep, tuple[Copies, ...]]:
    """Everything that words may have been copied to, by the step that clears it."""

    async def case_folders(meeting_id: str) -> Sequence[str]:
        held = await book.holdings(meeting_id)
        return held.cases if held is not None else ()

    return {
        ErasureStep.RECORDS: (records,),
        ErasureStep.COPIES: (Exported(export), EvalCases(home / "evals", case_folders)),
        ErasureStep.DAGSTER: (DagsterEvents(instance, book.report_again),),
    }
