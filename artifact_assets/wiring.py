"""Building the adapters: from settings and configuration to the equipment of a walk.

What belongs here: which adapter stands behind which port. What does not: behaviour. Only ``definitions``, the command line
and ``evals`` build equipment.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from artifact_assets.canaries import canary_for
from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.backfill_ports import Backfills, NoBackfills
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import LanguageModel
from artifact_assets.domain.ports import Clock, Extractor
from artifact_assets.domain.rates import RatePolicy
from artifact_assets.domain.routes import RECORDS
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.asking import Asker
from artifact_assets.extraction.model.batch_desk import BatchDesk
from artifact_assets.extraction.model.batching import Batching
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt
from artifact_assets.restoring import replanted, watched
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.tracing import Tracing
from artifact_assets.stages.walk import lease_owner, process_of, run_of, started_at
from resources.artifact_store import open_store
from resources.clock import ShiftedClock, SystemClock
from resources.destinations.record_store import RecordStore
from resources.inbox import FileInbox
from resources.language_model.openai_batches import OpenAIBatches
from resources.language_model.openai_model import OpenAIModel
from resources.ledger import ledger as sql
from resources.ledger.backfills import SqlBackfills
from resources.ledger.batches import SqlBatches
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.model_calls import SqlAnswers
from resources.processes import end, is_over
from resources.sources import FileSources
from resources.threads import Threads

THINKING_THREADS = 8
"""Threads for work of the processor, of which one interpreter does one at a time: enough to pass by some that hang."""


@contextlib.contextmanager
def open_ledger(settings: Settings) -> Generator[sql.SqlLedger]:
    """The ledger, created on first use. Raises PipelineError(storage_unavailable) with a remedy."""
    settings.make_home()
    ledger = sql.open_ledger(settings.database_url, tenant=settings.tenant, clock=clock_for(settings))
    try:
        yield ledger
    finally:
        ledger.close()


@contextlib.contextmanager
def open_equipment(
    settings: Settings,
    *,
    configuration: Configuration | None = None,
    run_finished: Callable[[str], bool] = lambda _: False,
    asked: Pace | None = None,
    live: bool = True,
) -> Generator[Equipment]:
    """Everything a walk needs, closed afterwards.

    ``run_finished`` tells whether Dagster considers a run over; ``asked`` is the pace that a backfill was launched with, and
    without ``live`` requests to destinations yield to those of live runs.
    """
    configuration = configuration if configuration is not None else read_configuration(settings.config)
    with open_ledger(settings) as ledger, contextlib.ExitStack() as stack:
        replanted(ledger, settings.home)
        records = RecordStore.open(settings.records_url, name=RECORDS, now=clock_for(settings).now)
        stack.callback(records.close)
        if configuration.destinations:
            stack.enter_context(watched(ledger, settings.home))
        backfills = SqlBackfills(ledger, clock_for(settings), configuration.backfills, asked)
        dependencies = SqlDependencies(ledger, clock_for(settings))
        destinations = open_destinations(settings, configuration, dependencies, live=live)
        yield Equipment(
            tenant=settings.tenant,
            configuration=configuration,
            ledger=ledger,
            store=open_store(settings.store, configuration.storage_seconds),
            sources=FileSources(configuration.storage_seconds, settings.inbox, named=False),
            inbox=FileInbox(settings.inbox, configuration.storage_seconds),
            apart=Threads(THINKING_THREADS, "thinking").run,
            clock=clock_for(settings),
            extractor=stack.enter_context(
                extractor_for(settings, configuration, ledger=ledger, run_finished=run_finished, backfills=backfills)
            ),
            destinations={RECORDS: records, **stack.enter_context(destinations)},
            is_gone=lambda owner: is_gone(owner, run_finished),
            end_owner=end_owner,
            backfills=backfills,
            canary=canary_for(settings, configuration, lambda p: asker_for(settings, configuration, ledger, prompt=p)),
            tracing=stack.enter_context(_traced(settings, configuration, ledger)),
        )


@contextlib.contextmanager
def _traced(settings: Settings, configuration: Configuration, ledger: sql.SqlLedger) -> Generator[Tracing | None]:
    """What sends traces, when they are switched on."""
    if not configuration.telemetry.traces:
        yield None
        return
    # Imported here: off, the SDK must cost nothing.
    from resources.traces import OtlpTraces  # noqa: PLC0415 - see above

    patience = configuration.telemetry.patience_seconds
    with contextlib.closing(OtlpTraces(settings.tenant, patience)) as sink:
        yield Tracing(ledger, SqlAnswers(ledger), sink, clock_for(settings), patience)


@contextlib.contextmanager
def open_destinations(
    settings: Settings, configuration: Configuration, dependencies: SqlDependencies, *, live: bool = True
) -> Generator[Mapping[str, Destination]]:
    """The configured destinations, closed afterwards. Nothing is asked of them before somebody needs them.

    What they may be asked a second is one budget of all processes, kept in the ledger. Raises
    PipelineError(unreadable_input) for one whose secret is missing.
    """
    with contextlib.ExitStack() as stack:
        opened: dict[str, Destination] = {}
        for name, told in configuration.destinations.items():
            # Imported here: most deployments start without a destination of their own.
            from resources.destinations.opening import Opening, open_destination  # noqa: PLC0415 - see above
            from resources.http.budget import Limits  # noqa: PLC0415 - see above

            secret = os.environ.get(told.secret or "", "")
            if not secret:
                raise PipelineError(
                    FailureClass.UNREADABLE_INPUT,
                    f"The secret of destination {name} is not in the environment, so nothing was started.",
                    f"Set {told.secret or 'the variable that `secret` names'} to its token or key.",
                )
            destination = open_destination(
                Opening(
                    name,
                    told.vendor,
                    secret,
                    told.base_url,
                    told.account,
                    told.options,
                    Limits(**told.limits.model_dump()),
                    clock_for(settings).now,
                    shared=partial(
                        dependencies.take,
                        f"destination:{name}",
                        RatePolicy(requests_per_minute=told.limits.per_second * 60, burst_seconds=1),
                        0,
                        live=live,
                    ),
                )
            )
            stack.callback(getattr(destination, "close"))  # noqa: B009 - not part of the port
            opened[name] = destination
        yield opened


def clock_for(settings: Settings) -> Clock:
    """The machine's clock, or one that starts at ARTIFACTS_NOW."""
    return SystemClock() if settings.now is None else ShiftedClock(settings.now - datetime.now(UTC))


@contextlib.contextmanager
def extractor_for(
    settings: Settings,
    configuration: Configuration,
    *,
    wanted: str | None = None,
    ledger: sql.SqlLedger | None = None,
    run_finished: Callable[[str], bool] = lambda _: False,
    backfills: Backfills | None = None,
) -> Generator[Extractor]:
    """The configured extractor: the model when one is named, else the deterministic one.

    ``wanted`` asks for one of the two. A configured model is never replaced silently, and asking for one that is not
    configured raises PipelineError(model_unavailable). Its answers are kept in ``ledger``, opened here when not given.
    """
    if wanted == "model" and settings.llm_model is None:
        raise PipelineError(
            FailureClass.MODEL_UNAVAILABLE,
            "No model is configured, so nothing was extracted.",
            "Set ARTIFACTS_LLM_MODEL, and ARTIFACTS_LLM_BASE_URL for anything but OpenAI.",
        )
    if settings.llm_model is None or wanted == "deterministic":
        yield DeterministicExtractor()
        return
    with contextlib.ExitStack() as stack:
        opened = ledger if ledger is not None else stack.enter_context(open_ledger(settings))
        yield ModelExtractor(
            _asker(settings, configuration, opened, run_finished, backfills or NoBackfills()),
            settings.llm_model,
            DeterministicExtractor(),
        )


def asker_for(
    settings: Settings,
    configuration: Configuration,
    ledger: sql.SqlLedger,
    *,
    model: LanguageModel | None = None,
    prompt: Prompt = COMMITTED,
    run_finished: Callable[[str], bool] = lambda _: False,
    backfills: Backfills | None = None,
) -> Asker:
    """Who asks ``model``, or the configured one, at once and never in a batch."""
    clock, policy, numbers = clock_for(settings), configuration.model, itertools.count()
    return Asker(
        model=model or OpenAIModel(settings.llm_base_url, settings.openai_api_key, policy, clock),
        answers=SqlAnswers(ledger),
        dependencies=SqlDependencies(ledger, clock),
        store=open_store(settings.store, configuration.storage_seconds),
        clock=clock,
        policy=policy,
        # Numbered, because two meetings of one process may ask the same at once.
        owner=lambda run_id: f"{lease_owner(run_id)}-{next(numbers)}",
        is_gone=lambda owner: is_gone(owner, run_finished),
        prompt=prompt,
        backfills=backfills or NoBackfills(),
    )


def _asker(
    settings: Settings,
    configuration: Configuration,
    ledger: sql.SqlLedger,
    run_finished: Callable[[str], bool],
    backfills: Backfills,
) -> Asker:
    """The one the pipeline asks through, which may put requests off into a batch."""
    clock, policy = clock_for(settings), configuration.model
    model = OpenAIModel(settings.llm_base_url, settings.openai_api_key, policy, clock)
    asker = asker_for(settings, configuration, ledger, model=model, run_finished=run_finished, backfills=backfills)
    batching = Batching(SqlBatches(ledger), OpenAIBatches(model), asker.store, clock, policy.batch)
    return replace(asker, batching=batching)


@contextlib.contextmanager
def open_batch_desk(settings: Settings, configuration: Configuration) -> Generator[BatchDesk | None]:
    """Who submits and reads batches; None when no model is configured or batches are off."""
    if settings.llm_model is None or configuration.model.batch.use == "off":
        yield None
        return
    with open_ledger(settings) as ledger:
        asker = _asker(settings, configuration, ledger, lambda _: False, NoBackfills())
        batching = asker.batching
        assert batching is not None
        yield BatchDesk(
            asker.model.provider,
            batching.endpoint,
            batching.book,
            asker.answers,
            asker.store,
            asker.clock,
            asker.policy,
            asker.owner,
        )


def end_owner(owner: str) -> bool:
    """End the process of a lease's owner, if it is one of this machine and still the same; see ``processes.end``."""
    host, pid = process_of(owner)
    return host == socket.gethostname() and end(pid, started_at(owner))


def is_gone(owner: str, run_finished: Callable[[str], bool]) -> bool:
    """Whether a lease's owner can no longer be working.

    On this host the process decides: Dagster may call a run over while its process still lives. Within this very process,
    and for other hosts, Dagster's word on the run is all there is.
    """
    host, pid = process_of(owner)
    if host == socket.gethostname() and pid != os.getpid():
        return is_over(pid)
    return run_finished(run_of(owner))
