"""The Dagster instance of the local default.

What belongs here: finding it, and giving it its configuration when it is new. What does not: production instances, which
bring a ``dagster.yaml`` of their own (see ``deploy/``).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import dagster as dg

from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError

LOCAL_PROFILE = Path(__file__).resolve().parent.parent / "deploy" / "local" / "dagster.yaml"


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance in DAGSTER_HOME, made with the local profile when there is none yet.

    Sets DAGSTER_HOME for this process. Raises PipelineError(storage_unavailable) when the folder can't be written.
    """
    home = settings.dagster_home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(home):
            if not (home / "dagster.yaml").exists():
                shutil.copyfile(LOCAL_PROFILE, home / "dagster.yaml")
            os.environ["DAGSTER_HOME"] = str(home)
            return dg.DagsterInstance.get()
    except OSError as error:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"Dagster's home {home} cannot be written ({error.strerror}), so nothing was started.",
            "Make it writable or set DAGSTER_HOME.",
        ) from error


@contextlib.contextmanager
def _alone(home: Path) -> Generator[None]:
    """One process at a time: two that make Dagster's SQLite tables at once break each other."""
    # Never removed: a lock file that is deleted while others wait for it locks nobody out.
    try:
        descriptor = os.open(home / ".opening.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        # A container gets its dagster.yaml in a folder nobody can write: nothing is made there, so nobody is in the way.
        if error.errno not in (errno.EROFS, errno.EACCES) or not (home / "dagster.yaml").exists():
            raise
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
