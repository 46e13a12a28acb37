"""A process that stores events of a run in small groups and reads in between: ``busy_writer FOLDER NAME``."""

from __future__ import annotations

import sys

from artifact_assets.event_storage.sqlite import GroupedSqliteEventLogStorage
from tests.event_storage.entries import EXTRACTED, evaluated, materialized, said

SHARED = "shared"


def main() -> None:
    """60 materializations with their checks, and a word behind every third."""
    folder, name = sys.argv[1:]
    storage = GroupedSqliteEventLogStorage(folder, group_events=7)
    for number in range(60):
        partition = f"{name}{number}"
        storage.store_event(materialized(partition, SHARED))
        storage.store_event(evaluated(partition, passed=True, run_id=SHARED))
        if number % 3 == 0:
            storage.store_event(said(SHARED))
            if partition not in storage.get_materialized_partitions(EXTRACTED):
                raise SystemExit(f"{partition} was stored and is not there")
    storage.dispose()


if __name__ == "__main__":
    main()
