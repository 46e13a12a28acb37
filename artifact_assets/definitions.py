"""The composition root for Dagster: ``build_definitions`` for code and tests, ``defs`` for ``workspace.yaml``.

What belongs here: putting assets, sensors, jobs and resources together. What does not: anything they do. Nothing is opened
at import; a run opens its equipment when it starts and reads the configuration once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import dagster as dg

from artifact_assets.assets.alerts import ALERTS_JOB, HEARTBEAT_JOB, alerts_job, heartbeat_job
from artifact_assets.assets.batches import BATCHES_JOB, batches_job
from artifact_assets.assets.digest import digest_job, digest_schedule
from artifact_assets.assets.meetings import meetings_asset
from artifact_assets.assets.privacy import PRIVACY_JOB, privacy_job, privacy_schedule
from artifact_assets.assets.reconciliation import reconciliation_asset, reconciliation_schedule
from artifact_assets.assets.reliability import reliability_asset, reliability_schedule
from artifact_assets.assets.replay_plan import replay_plan_asset
from artifact_assets.assets.upkeep import upkeep_job, upkeep_schedule
from artifact_assets.assets.writes import WRITES_JOB, writes_job
from artifact_assets.assets.yielding import yield_processor
from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.backfills import asked
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.messages import Heartbeat, Messages
from artifact_assets.erasure_wiring import open_eraser, open_retaining
from artifact_assets.extraction.model.batch_desk import BatchDesk
from artifact_assets.lanes import backfill_of
from artifact_assets.messaging import open_alerting, open_digest, open_heartbeat
from artifact_assets.stages.alerting import Alerting
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.erasing import Eraser
from artifact_assets.stages.retaining import Retaining
from artifact_assets.wiring import open_batch_desk, open_equipment
from resources.code_history import commits
from sensors.alerts import alerts_sensor, heartbeat_sensor
from sensors.arrivals import arrivals_sensor
from sensors.batches import batches_sensor
from sensors.drain import drain_sensor
from sensors.erasures import erasures_sensor
from sensors.writes import writes_sensor

JOB = "process_meetings"


def build_definitions(resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Everything Dagster needs to know.

    ``resources`` replaces adapters, above all ``equipment``: an ``Equipment`` or a Dagster resource that yields one. The
    in-process executor is set here and not on a job, because backfills ignore a job's executor.
    """
    configuration = _configuration()
    per_run = configuration.walk.partitions_per_run
    meetings, replay_plan = meetings_asset(per_run), replay_plan_asset(per_run)
    digest = digest_job()
    job = dg.define_asset_job(JOB, selection=dg.AssetSelection.assets(meetings))
    return dg.Definitions(
        assets=[meetings, replay_plan, reconciliation_asset(), reliability_asset(configuration.reliability)],
        jobs=[job, batches_job(), writes_job(), alerts_job(), heartbeat_job(), digest, upkeep_job(), privacy_job()],
        schedules=[
            reconciliation_schedule(),
            reliability_schedule(),
            digest_schedule(digest, configuration.digest.hour),
            upkeep_schedule(),
            privacy_schedule(),
        ],
        sensors=[
            arrivals_sensor(JOB),
            drain_sensor(JOB),
            writes_sensor(WRITES_JOB),
            batches_sensor(BATCHES_JOB),
            alerts_sensor(ALERTS_JOB),
            heartbeat_sensor(HEARTBEAT_JOB),
            erasures_sensor(PRIVACY_JOB),
        ],
        resources={
            "equipment": equipment_resource(),
            "batch_desk": batch_desk_resource(),
            "eraser": eraser_resource(),
            "retaining": retaining_resource(),
            "bookkeeping": bookkeeping_resource(),
            "alerting": alerting_resource(),
            "heartbeat": heartbeat_resource(),
            "digest_messages": digest_resource(),
            **(resources or {}),
        },
        executor=dg.in_process_executor,
        # The console log would repeat the event log, with a stack trace for every run in which a meeting failed.
        loggers={"console": dg.colored_console_logger.configured({"log_level": "CRITICAL"})},
    )


def equipment_resource() -> dg.ResourceDefinition:
    """The equipment built from the environment, opened for one run."""

    @dg.resource(description="Ledger, store, extractor and destinations, from the environment and ARTIFACTS_CONFIG.")
    def equipment(context: dg.InitResourceContext) -> Iterator[Equipment]:
        if context.run is not None:
            yield_processor(context.run)
        with open_equipment(
            Settings.from_environment(os.environ),
            run_finished=run_finished_in(context.instance),
            asked=asked(context.run.tags) if context.run is not None else None,
            live=context.run is None or context.instance is None or backfill_of(context.instance, context.run) is None,
        ) as opened:
            yield opened

    return equipment


def eraser_resource() -> dg.ResourceDefinition:
    """What erases, built from the environment and opened for one run or tick."""

    @dg.resource(description="Erases meetings from everything that is ours.")
    def eraser(context: dg.InitResourceContext) -> Iterator[Eraser]:
        instance = context.instance
        assert instance is not None
        with open_eraser(Settings.from_environment(os.environ), instance) as opened:
            yield opened

    return eraser


def retaining_resource() -> dg.ResourceDefinition:
    """What removes by the retention policy, built from the environment and opened for one run."""

    @dg.resource(description="Removes what has been kept long enough, by kind of meeting.")
    def retaining(context: dg.InitResourceContext) -> Iterator[Retaining]:
        instance = context.instance
        assert instance is not None
        with open_retaining(Settings.from_environment(os.environ), instance) as opened:
            yield opened

    return retaining


def batch_desk_resource() -> dg.ResourceDefinition:
    """The batch desk built from the environment, opened for one round or tick; None where batches are off."""

    @dg.resource(description="Submits and reads batches of requests to the model, where the configuration says so.")
    def batch_desk(_: dg.InitResourceContext) -> Iterator[BatchDesk | None]:
        settings = Settings.from_environment(os.environ)
        with open_batch_desk(settings, read_configuration(settings.config)) as opened:
            yield opened

    return batch_desk


def alerting_resource() -> dg.ResourceDefinition:
    """Who tells an operator, built from the environment and opened for one round or tick; None without a webhook."""

    @dg.resource(description="Sends alerts to the webhook that the environment names.")
    def alerting(_: dg.InitResourceContext) -> Iterator[Alerting | None]:
        settings = Settings.from_environment(os.environ)
        configuration = read_configuration(settings.config)
        with open_alerting(settings, configuration) as opened:
            if opened is None:
                yield None
                return
            # Imported here, because polars would cost every run a second at its start.
            from artifact_assets.bookkeeper import open_bookkeeping  # noqa: PLC0415 - see above
            from artifact_assets.reliability.anomalies.noticing import anomaly_source  # noqa: PLC0415 - see above
            from artifact_assets.reliability.telling import burn_source  # noqa: PLC0415 - see above

            with open_bookkeeping(settings, configuration) as books:
                yield opened.joined(burn_source(books), anomaly_source(books, commits))

    return alerting


def digest_resource() -> dg.ResourceDefinition:
    """Where the digest goes, from the environment; None without a webhook."""

    @dg.resource(description="Sends the digest to the webhook that the environment names.")
    def digest_messages(_: dg.InitResourceContext) -> Iterator[Messages | None]:
        with open_digest(Settings.from_environment(os.environ)) as opened:
            yield opened

    return digest_messages


def heartbeat_resource() -> dg.ResourceDefinition:
    """The sign of life's address from the environment; None without one."""

    @dg.resource(description="Gives a sign of life to the service that the environment names.")
    def heartbeat(_: dg.InitResourceContext) -> Iterator[Heartbeat | None]:
        with open_heartbeat(Settings.from_environment(os.environ)) as opened:
            yield opened

    return heartbeat


def bookkeeping_resource() -> dg.ResourceDefinition:
    """What counts the ledger, built from the environment and opened for one run."""

    @dg.resource(description="Counts the ledger for metrics, objectives and the Parquet export.")
    def bookkeeping(_: dg.InitResourceContext) -> Iterator[object]:
        # Imported here, because polars would cost every run a second at its start.
        from artifact_assets.bookkeeper import open_bookkeeping  # noqa: PLC0415 - see above

        settings = Settings.from_environment(os.environ)
        with open_bookkeeping(settings, read_configuration(settings.config)) as opened:
            yield opened

    return bookkeeping


def run_finished_in(instance: dg.DagsterInstance | None) -> Callable[[str], bool]:
    """Whether Dagster knows a run and considers it over; False when it knows nothing of it."""

    def finished(run_id: str) -> bool:
        run = instance.get_run_by_id(run_id) if instance is not None else None
        return run is not None and run.is_finished

    return finished


def _configuration() -> Configuration:
    # A wrong configuration must not make the code location unloadable: each run reports it, with its remedy.
    try:
        return read_configuration(Settings.from_environment(os.environ).config)
    except PipelineError:
        return Configuration()


defs = build_definitions()
