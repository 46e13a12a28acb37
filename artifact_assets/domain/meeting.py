"""The meeting: its identity, the sidecar beside its transcript, and the people in it.

What belongs here: ids and facts about a meeting known before anybody reads its words. What does not: turns (see
``transcript``) and progress (see ``states``).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from pydantic import Field, field_validator

from artifact_assets.domain.documents import Document

MEETING_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
MAX_SLUG = 80


def is_meeting_id(value: str) -> bool:
    """Whether ``value`` can be a partition key. ``..`` is Dagster's range syntax and therefore excluded."""
    return MEETING_ID.fullmatch(value) is not None and ".." not in value


def meeting_id_from_path(relative_path: str, *, personal: bool = False) -> str:
    """A stable id for a file without a sidecar id: a slug of its path relative to the inbox plus 8 hex of its digest.

    With ``personal`` the slug is left out, for file names that hold people's names. Any path gives a valid id: hostile,
    overlong and non-Latin names included.
    """
    digest = hashlib.sha256(relative_path.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if personal:
        return f"m-{digest}"
    stem = str(PurePosixPath(relative_path).with_suffix(""))
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:MAX_SLUG].strip("-")
    return f"{slug}-{digest}" if slug else f"m-{digest}"


class Participant(Document):
    """A person in the meeting, as the sidecar or the vendor's file names them."""

    name: str
    email: str | None = None
    role: str | None = None


class Sidecar(Document):
    """``NAME.meta.json`` beside a transcript. Every key is optional."""

    meeting_id: str | None = None
    title: str | None = None
    started_at: datetime | None = None
    kind: str | None = None
    participants: tuple[Participant, ...] = ()
    refs: Mapping[str, Mapping[str, str]] = Field(default_factory=dict[str, Mapping[str, str]])

    @field_validator("meeting_id")
    @classmethod
    def _valid_id(cls, value: str | None) -> str | None:
        if value is not None and not is_meeting_id(value):
            raise ValueError("meeting_id must match [A-Za-z0-9][A-Za-z0-9_.-]{0,119} and hold no '..'")
        return value

    @field_validator("started_at")
    @classmethod
    def _with_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("started_at needs an offset, such as 2026-11-17T10:00:00+01:00")
        return value
