"""The environment variables, described.

What belongs here: name, default and meaning of each; a test compares the names with what ``settings`` reads. What does not:
reading them (see ``settings``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One environment variable. ``default`` is told in words where it depends on another."""

    name: str
    default: str
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable("ARTIFACTS_HOME", ".artifacts", "The folder that holds everything which is not put elsewhere."),
    Variable(
        "ARTIFACTS_CONFIG",
        "",
        "The YAML file with destinations, mappings, tags, fields and policies. Unset means the defaults.",
    ),
    Variable(
        "ARTIFACTS_TENANT",
        "default",
        "Whose meetings these are. Stored when the ledger is created; another value is refused later.",
    ),
    Variable(
        "ARTIFACTS_DATABASE_URL",
        "sqlite:///HOME/ledger.db",
        "The ledger: SQLite on a local disk, or postgresql://USER:PASSWORD@HOST/DATABASE in production.",
    ),
    Variable("ARTIFACTS_RECORDS_URL", "sqlite:///HOME/records.db", "The database of the embedded record store."),
    Variable(
        "ARTIFACTS_STORE", "HOME/store", "Where documents are kept: a folder or an fsspec URL such as s3://bucket/path."
    ),
    Variable("ARTIFACTS_INBOX", "HOME/inbox", "Where new transcripts are dropped: a folder or an fsspec URL."),
    Variable(
        "ARTIFACTS_EXPORT", "HOME/export", "The folder of the Parquet export: metrics and what they are counted from."
    ),
    Variable(
        "ARTIFACTS_LLM_MODEL",
        "",
        "The language model that extracts. Unset means the deterministic extractor, and says so.",
    ),
    Variable("ARTIFACTS_LLM_BASE_URL", "", "The model's OpenAI-compatible endpoint, for anything but OpenAI itself."),
    Variable("OPENAI_API_KEY", "", "The key sent to that endpoint."),
    Variable(
        "ARTIFACTS_ALERT_WEBHOOK",
        "",
        "The secret address that alerts are posted to, in the shape of Slack's incoming webhooks. Unset means none.",
    ),
    Variable(
        "ARTIFACTS_DIGEST_WEBHOOK", "", "The secret address that the daily digest is posted to. Unset means no digest."
    ),
    Variable(
        "ARTIFACTS_HEARTBEAT_URL",
        "",
        "The secret address that is asked every few minutes as a sign of life. Unset means none.",
    ),
    Variable("DAGSTER_HOME", "HOME/dagster", "Dagster's own folder; made with the local profile when it is new."),
    Variable(
        "ARTIFACTS_NOW",
        "",
        "A time with an offset that the clock starts at, so that demonstrations of past meetings are judged by their own time; "
        "or seconds with a sign, such as `-3600`, that the clock is off by.",
    ),
    Variable(
        "ARTIFACTS_TRACEBACK", "", "Any value prints the traceback of an internal error on stderr, for reporting it."
    ),
)
