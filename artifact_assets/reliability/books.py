"""Day books: facts kept as Parquet files by day, so that a day is drawn from the ledger only when something changed.

What belongs here: which days are written again, reading them back, and leaving out who was erased. What does not: what is in
them (see ``datasets`` and ``drawing``). They are also the export for other programs: ``DATASET/received=DAY/part.parquet`` by
the day a meeting's file was first seen, and ``metrics/measured=DAY/part.parquet``.

Derived and best effort: nothing a meeting needs reads them, and whoever deletes them gets them drawn anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ledger_columns import Days, LedgerColumns, Marks
from artifact_assets.reliability.datasets import DATASETS
from artifact_assets.reliability.drawing import drawn
from artifact_assets.reliability.export_schemas import checked
from artifact_assets.reliability.facts import Facts, nothing

STATE = "state.json"
FORMAT = 2
"""Raised when columns change: older books are drawn anew."""
_PART, _LOCK = "part.parquet", ".lock"


@dataclass(frozen=True)
class Books:
    """The books in a local folder."""

    folder: Path

    async def refresh(self, ledger: LedgerColumns, now: datetime) -> tuple[date, ...]:
        """Bring the books up to date and return the days drawn: those that anything was written about since.

        Raises PipelineError(storage_unavailable) when the folder cannot be written.
        """
        with self._held():
            state = self._state()
            # Asked before drawing: what is written meanwhile is drawn again next time.
            newest = await ledger.marks()
            days = tuple(await ledger.changed_days(Marks(**state["marks"])))
            for day in days:
                await self._draw(ledger, day, frozenset(state["forgotten"]))
            self._remember({**state, "marks": asdict(newest), "made_at": now.isoformat()})
        return days

    def made_at(self) -> datetime | None:
        """When the books were last brought up to date."""
        told = self._state().get("made_at")
        return datetime.fromisoformat(told) if told is not None else None

    def keep_metrics(self, day: date, rows: pl.DataFrame) -> None:
        """Keep what was measured of ``day``, for other programs."""
        _write(checked("metrics", rows), self.folder / "metrics" / f"measured={day.isoformat()}" / _PART)

    def put(self, name: str, text: str) -> None:
        """Keep a small file beside the books."""

        def write(path: Path) -> None:
            path.write_text(text, "utf-8")

        _place(self.folder / name, write)

    def facts(self) -> Facts:
        """Everything in the books, lazily."""
        frames = dict(nothing().frames)
        for name in DATASETS:
            parts = sorted((self.folder / name).glob(f"received=*/{_PART}"))
            if parts:
                frames[name] = pl.scan_parquet(parts, hive_partitioning=False)
        return Facts(frames)

    def forget(self, meeting_ids: Iterable[str]) -> int:
        """Take meetings out of every file, and keep them out whatever is drawn later; returns the rows removed.

        Only digests of the ids are remembered.
        """
        ids = set(meeting_ids)
        with self._held():
            state = self._state()
            # Remembered first: a crash in between must not let them come back.
            self._remember({**state, "forgotten": sorted({*state["forgotten"], *map(_digest, ids)})})
            return sum(_without(path, ids) for path in self._parts())

    def _parts(self) -> Iterator[Path]:
        for name in DATASETS:
            yield from sorted((self.folder / name).glob(f"received=*/{_PART}"))

    @contextlib.contextmanager
    def _held(self) -> Generator[None]:
        """One process at a time: two that write state would forget what the other one was told to forget."""
        with _writable(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    async def _draw(self, ledger: LedgerColumns, day: date, forgotten: frozenset[str]) -> None:
        facts = await drawn(ledger, Days(day, day + timedelta(days=1)))
        for name in DATASETS:
            frame = checked(name, _kept(facts[name].collect(), forgotten))
            path = self.folder / name / f"received={day.isoformat()}" / _PART
            if frame.height or path.exists():
                _write(frame, path)

    def _state(self) -> dict[str, Any]:
        """What was remembered. Of another format, or damaged, only whom to leave out: everything is drawn anew."""
        nothing_known: dict[str, Any] = {"format": FORMAT, "marks": asdict(Marks()), "forgotten": []}
        try:
            state = json.loads((self.folder / STATE).read_text("utf-8"))
        except (OSError, ValueError):
            return nothing_known
        return state if state.get("format") == FORMAT else {**nothing_known, "forgotten": state.get("forgotten", [])}

    def _remember(self, state: dict[str, Any]) -> None:
        def write(path: Path) -> None:
            path.write_text(json.dumps(state), "utf-8")

        _place(self.folder / STATE, write)


def forget_in_export(folder: Path, meeting_ids: Iterable[str]) -> int:
    """Take erased meetings out of the export below ``folder``, for good; returns how many rows went. None is no error."""
    return Books(folder).forget(meeting_ids) if folder.exists() else 0


def _kept(frame: pl.DataFrame, forgotten: frozenset[str]) -> pl.DataFrame:
    if not forgotten:
        return frame
    ids = [one for one in frame["meeting_id"].unique() if one is not None and _digest(one) in forgotten]
    return frame.filter(~pl.col("meeting_id").is_in(ids) | pl.col("meeting_id").is_null())


def _without(path: Path, ids: set[str]) -> int:
    frame = pl.read_parquet(path, hive_partitioning=False)
    kept = frame.filter(~pl.col("meeting_id").is_in(list(ids)) | pl.col("meeting_id").is_null())
    if kept.height < frame.height:
        _write(kept, path)
    return frame.height - kept.height


def _digest(meeting_id: str) -> str:
    return hashlib.sha256(meeting_id.encode()).hexdigest()


def _write(frame: pl.DataFrame, path: Path) -> None:
    _place(path, frame.write_parquet)


def _place(path: Path, write: Any) -> None:
    """Write beside and rename: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with _writable(path.parent):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(beside)
        beside.chmod(0o600)
        beside.replace(path)


@contextlib.contextmanager
def _writable(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"The export below {folder} cannot be written ({error.strerror}), so it stays as it was.",
            "Free disk space, or set ARTIFACTS_EXPORT to a folder that can be written.",
        ) from error
