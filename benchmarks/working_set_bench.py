"""What a long past costs: a million meetings behind a hundred thousand partitions, and the disk after ninety days.

What belongs here: ``million`` fills a PostgreSQL with rows and times what runs all the time over them; ``days`` lives ninety
days in small, with real runs and a pass of the working set every night, and weighs the tables; ``kept`` does the same under a
retention policy. What does not: how fast meetings are processed. Run it with
``python -m benchmarks.working_set_bench [million|days|kept]``; no test depends on its figures.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg2

from artifact_assets.assets.pruning import prune
from artifact_assets.assets.retiring import retire
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.retention import RetentionPolicy
from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.wiring import open_equipment
from resources.clock import ShiftedClock
from resources.ledger.schema import migrate
from sensors.arrivals import arrivals_sensor
from sensors.drain import drain_sensor
from tests.erasure.planted import retaining_of
from tests.instruments.deployment import ROOT
from tests.pipeline.world import World, meta, opened_world
from tests.postgres import Postgres, running_postgres
from tests.running.talks import write_meetings

MEETINGS = 1_000_000
PARTITIONS = 100_000
DAYS = 90
MEETINGS_A_DAY = 10
SCALE = 5000 // MEETINGS_A_DAY
POLICY = WorkingSetPolicy()
KEPT = RetentionPolicy.model_validate(
    {"default": {"source": "20 days", "answers": "20 days", "documents": "30 days", "ledger_text": "30 days"}}
)

FILL = f"""
INSERT INTO meetings (meeting_id, source, file_name, transcript_digest, revision, state, received_at, updated_at, size_bytes,
    failure_class, next_attempt_at, attempts, items, quarantined, delivered, retired_at)
SELECT 'm' || i, '/inbox/m' || i || '.vtt', 'm' || i || '.vtt', md5(i::text) || md5(i::text), md5('r' || i) || md5('r' || i),
    CASE WHEN i % 2000 = 0 THEN 'failed' WHEN i % 2000 = 1 THEN 'deferred' WHEN i % 2000 = 2 THEN 'quarantined'
        ELSE 'delivered' END,
    now() - (({MEETINGS} - i) * interval '17 seconds'), now() - (({MEETINGS} - i) * interval '17 seconds'), 100000,
    CASE WHEN i % 2000 = 0 THEN 'internal_error' WHEN i % 2000 = 1 THEN 'model_unavailable' END,
    CASE WHEN i % 2000 = 1 THEN now() + interval '1 day' END, 1, 3, 0, 3,
    CASE WHEN i <= {MEETINGS - PARTITIONS} AND i % 2000 > 2 THEN now() END
FROM generate_series(1, {MEETINGS}) AS i;
INSERT INTO marks (source, mark) SELECT '/inbox/m' || i || '.vtt', '1' FROM generate_series(1, {MEETINGS}) AS i;
INSERT INTO intents (intent_key, record_key, meeting_id, item_id, destination, account, operation, target, payload,
    payload_digest, revision, sequence, state, attempts, created_at, updated_at)
SELECT md5(i::text), md5('k' || i), 'm' || i, 'item', 'hubspot', '7', 'task', '{{}}', '{{}}', md5('p' || i), 'r', 0,
    'confirmed', 1, now(), now() FROM generate_series(1, {MEETINGS}) AS i;
ANALYZE;
"""


def million() -> None:
    """Time what runs all the time over a long past, with and without the index by state."""
    with deployment() as (postgres, environment, home):
        postgres.execute(FILL, "artifacts")
        with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
            instance.add_dynamic_partitions("meeting", ["first"])
            keys = f"SELECT 'meeting', 'm' || i FROM generate_series({MEETINGS - PARTITIONS + 1}, {MEETINGS}) AS i"
            postgres.execute(f"INSERT INTO dynamic_partitions (partitions_def_name, partition) {keys}", "dagster")
            print(
                f"{MEETINGS} meetings, writes and marks in the ledger; {PARTITIONS} partitions. Load {os.getloadavg()[0]:.0f}."
            )
            command("status --help", environment)
            command("status", environment)
            command("meetings --state failed", environment)
            with open_equipment(Settings.from_environment(environment)) as equipment:
                context = dg.build_sensor_context(instance=instance, resources={"equipment": equipment})
                timed("drain tick", lambda: drain_sensor("job")(context))
                write_meetings(home, [f"new{number}" for number in range(100)], folder="inbox")
                for path in (home / "inbox").iterdir():
                    an_hour_ago = path.stat().st_mtime - 3600
                    os.utime(path, (an_hour_ago, an_hour_ago))  # nobody writes it any more
                timed("arrivals tick, 100 new files", lambda: arrivals_sensor("job")(context))
                timed("arrivals tick, nothing new", lambda: arrivals_sensor("job")(context))
                due = POLICY.model_copy(update={"meetings_per_pass": 5000})
                timed(
                    "retire 5000", lambda: asyncio.run(retire(instance, equipment.ledger, due, equipment.clock.now()))
                )
                postgres.execute("DROP INDEX ix_meetings_state", "artifacts")
                timed("drain tick without the index", lambda: drain_sensor("job")(context))
            command("status without the index", environment)


def days(kept: RetentionPolicy | None = None) -> None:
    """Live ninety days in small and weigh Dagster's tables, the ledger's and the store; nightly remove what ``kept`` says."""
    with deployment() as (postgres, _, home), dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        today = datetime.now(UTC) - timedelta(days=DAYS)
        print(f"{DAYS} days of {MEETINGS_A_DAY} meetings; sizes in kB. Load {load()}.")
        for day in range(1, DAYS + 1):
            today += timedelta(days=1)
            clock = ShiftedClock(today - datetime.now(UTC))
            with opened_world(home, postgres.url("artifacts"), instance=instance, clock=clock) as world:
                paths = write_meetings(home, [f"d{day:02d}-{number}" for number in range(MEETINGS_A_DAY)])
                for path in paths:
                    held = meta(path.stem, started_at=today.isoformat())
                    path.with_name(f"{path.stem}.meta.json").write_text(json.dumps(held))
                run = world.run(world.receive(*paths))
                moment = today.strftime("%Y-%m-%d %H:%M:%S")
                postgres.execute(
                    f"UPDATE runs SET create_timestamp = '{moment}' WHERE run_id = '{run.run_id}'", "dagster"
                )
                retired = asyncio.run(retire(instance, world.ledger, POLICY, today))
                pruned = prune(instance, POLICY, today)
                if kept is not None:
                    asyncio.run(_removed(world, kept))
            for database in ("dagster", "artifacts"):
                postgres.execute("VACUUM", database)
            if day % 10 == 0:
                events = postgres.execute("SELECT count(*) FROM event_logs", "dagster")[0][0]
                print(f"day {day:2}: partitions {retired.left:4}, runs deleted tonight {pruned.deleted}, "
                      f"events {events:6}, Dagster {size(postgres, 'dagster'):7}, ledger {size(postgres, 'artifacts'):7}, "
                      f"store {stored(home):6}", flush=True)  # fmt: skip
        each = DAYS * MEETINGS_A_DAY
        if kept is not None:
            return
        for name, kilobytes in (("ledger", size(postgres, "artifacts")), ("store", stored(home))):
            print(
                f"{name}: {kilobytes / each:.1f} kB a meeting, for ever; {kilobytes * SCALE / 1e6:.1f} GB in all at 5,000 a day"
            )
        print(f"Dagster: {size(postgres, 'dagster') * SCALE / 1e6:.1f} GB at 5,000 a day, and no more")


async def _removed(world: World, policy: RetentionPolicy) -> None:
    """What `tend_privacy` removes in a night, under a policy that was confirmed."""
    work = retaining_of(world, policy)
    await work.book.confirm(policy.id, "bench", work.clock.now())
    await work.go("bench")


@contextlib.contextmanager
def deployment() -> Generator[tuple[Postgres, dict[str, str], Path]]:
    """A PostgreSQL with both databases and a home whose Dagster uses it."""
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        home = Path(folder)
        (home / "dagster").mkdir()
        for database in ("dagster", "artifacts"):
            postgres.execute(f"CREATE DATABASE {database}")
        migrate(postgres.url("artifacts"))
        url = postgres.url("dagster").replace("postgresql:", "postgresql+psycopg2:")
        quiet = "telemetry: {enabled: false}\npython_logs: {python_log_level: CRITICAL}\n"
        (home / "dagster" / "dagster.yaml").write_text(f'storage: {{postgres: {{postgres_url: "{url}"}}}}\n{quiet}')
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARTIFACTS_", "DAGSTER_"))}
        told = {"ARTIFACTS_HOME": str(home), "ARTIFACTS_DATABASE_URL": postgres.url("artifacts")}
        yield postgres, {**kept, **told, "DAGSTER_HOME": str(home / "dagster")}, home


def timed(what: str, act: Callable[[], object]) -> None:
    """Print how long it took, wall and processor time of this process."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    print(
        f"{what:<34} {time.perf_counter() - wall:7.2f} s, {time.process_time() - processor:6.2f} s CPU here", flush=True
    )


def command(arguments: str, environment: dict[str, str]) -> None:
    """Time a command line from its start to its end."""
    words = arguments.split(" without", maxsplit=1)[0].split()
    call = [sys.executable, "-m", "artifact_assets", *words, *([] if "--help" in words else ["--json"])]
    timed(arguments, lambda: subprocess.run(call, env=environment, cwd=ROOT, check=True, capture_output=True))


def load() -> str:
    """How busy the machine is."""
    return f"{os.getloadavg()[0]:.0f}"


def size(postgres: Postgres, database: str) -> int:
    """Everything its tables and indexes take, in kB."""
    connection = psycopg2.connect(postgres.url(database))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(relid)) / 1000 FROM pg_stat_user_tables")
        (found,) = cursor.fetchone() or (0,)
    connection.close()
    return int(found)


def stored(home: Path) -> int:
    """What the documents take, in kB."""
    return sum(path.stat().st_size for path in (home / "store").rglob("*") if path.is_file()) // 1000


if __name__ == "__main__":
    for part in sys.argv[1:] or ["million", "days"]:
        {"million": million, "days": days, "kept": lambda: days(KEPT)}[part]()
