"""What the environment says: where things are and which secrets exist.

What belongs here: the environment variables of the README, read once and checked. What does not: behaviour (see
``schema``), which lives in the YAML file that ``ARTIFACTS_CONFIG`` names.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from artifact_assets.domain.failures import FailureClass, PipelineError

DEFAULT_HOME = ".artifacts"
DEFAULT_TENANT = "default"


@dataclass(frozen=True)
class Settings:
    """Where the program keeps and finds things. URLs may hold passwords and are left out of ``repr``."""

    home: Path
    tenant: str
    config: Path | None
    database_url: str = field(repr=False)
    records_url: str = field(repr=False)
    store: str = field(repr=False)
    inbox: str
    dagster_home: Path
    export: Path
    llm_base_url: str | None = None
    llm_model: str | None = None
    now: datetime | None = None
    openai_api_key: str | None = field(default=None, repr=False)
    alert_webhook: str | None = field(default=None, repr=False)
    digest_webhook: str | None = field(default=None, repr=False)
    heartbeat_url: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read ``environ``; empty values count as unset. Nothing is created on disk."""

        def value(name: str) -> str | None:
            return environ.get(name) or None

        home = Path(value("ARTIFACTS_HOME") or DEFAULT_HOME).expanduser().absolute()
        config = value("ARTIFACTS_CONFIG")
        dagster_home = value("DAGSTER_HOME")
        return cls(
            home=home,
            tenant=value("ARTIFACTS_TENANT") or DEFAULT_TENANT,
            config=Path(config).expanduser().absolute() if config else None,
            database_url=value("ARTIFACTS_DATABASE_URL") or f"sqlite:///{home / 'ledger.db'}",
            records_url=value("ARTIFACTS_RECORDS_URL") or f"sqlite:///{home / 'records.db'}",
            store=value("ARTIFACTS_STORE") or str(home / "store"),
            inbox=value("ARTIFACTS_INBOX") or str(home / "inbox"),
            export=Path(value("ARTIFACTS_EXPORT") or home / "export").expanduser().absolute(),
            dagster_home=Path(dagster_home).expanduser().absolute() if dagster_home else home / "dagster",
            llm_base_url=value("ARTIFACTS_LLM_BASE_URL"),
            llm_model=value("ARTIFACTS_LLM_MODEL"),
            now=_moment(value("ARTIFACTS_NOW")),
            openai_api_key=value("OPENAI_API_KEY"),
            alert_webhook=value("ARTIFACTS_ALERT_WEBHOOK"),
            digest_webhook=value("ARTIFACTS_DIGEST_WEBHOOK"),
            heartbeat_url=value("ARTIFACTS_HEARTBEAT_URL"),
        )

    def make_home(self) -> None:
        """Create the home, readable by its owner only. Raises PipelineError(storage_unavailable) when that fails."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A nameless file: several processes ask at once.
            with tempfile.TemporaryFile(dir=self.home):
                pass
        except OSError as error:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"The home {self.home} cannot be written ({error.strerror}), so nothing was started.",
                "Make it writable or set ARTIFACTS_HOME to a folder that is.",
            ) from error


def _moment(text: str | None) -> datetime | None:
    """ARTIFACTS_NOW, which lets demonstrations of past meetings be judged by the clock of their time.

    A signed number of seconds is how far a clock is off: processes that start one after another then agree on the time.
    """
    if text is None:
        return None
    try:
        if re.fullmatch(r"[+-]\d{1,9}", text):
            return datetime.now(UTC) + timedelta(seconds=int(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "ARTIFACTS_NOW is not a time with an offset, so nothing was started.",
            "Unset it, or write it like 2026-11-17T10:00:00+01:00.",
        )
    return moment
