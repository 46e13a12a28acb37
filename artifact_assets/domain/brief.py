"""What an extractor is told beside the words: the meeting's circumstances and what somebody configured.

What belongs here: the taxonomy, the fields and the brief made of them. What does not: prompts (see ``extraction``).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from artifact_assets.domain.documents import Document
from artifact_assets.domain.meeting import Participant


class TagRule(Document):
    """A tag of the taxonomy. ``phrases`` announce it in talk; the deterministic extractor looks for them."""

    name: str = Field(min_length=1, max_length=60)
    description: str = ""
    phrases: tuple[str, ...] = ()


class FieldType(StrEnum):
    """What a field's value must parse as."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    ENUM = "enum"


class FieldRule(Document):
    """A field of a record that meetings may update. Only configured fields can ever be written."""

    object: str = Field(pattern=r"^[a-z][a-z_]*$")
    field: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    type: FieldType = FieldType.TEXT
    values: tuple[str, ...] = ()
    description: str = ""
    phrases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _enum_has_values(self) -> Self:
        if (self.type is FieldType.ENUM) != bool(self.values):
            raise ValueError(f"{self.object}.{self.field}: values belong to type enum, and enum needs them")
        return self

    @property
    def name(self) -> str:
        """``object.field``, as people write it."""
        return f"{self.object}.{self.field}"


class Vocabulary(Document):
    """Everything a meeting may be mapped to: tags and fields."""

    tags: tuple[TagRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Self:
        for names, what in (([t.name for t in self.tags], "tag"), ([f.name for f in self.fields], "field")):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]} is configured twice")
        return self


class Errand(Document):
    """For whom an extractor works, so that its calls can be counted. Never told to a model; determines no outcome.

    ``live`` work goes before a backfill; ``backfill`` names the one it belongs to.
    """

    meeting_id: str
    run_id: str
    live: bool = True
    backfill: str | None = None


class Brief(Document):
    """What the extractor is told about one meeting. ``started_at`` without a zone leaves relative dates unresolved."""

    kind: str | None = None
    started_at: datetime | None = None
    participants: tuple[Participant, ...] = ()
    vocabulary: Vocabulary = Vocabulary()
    errand: Errand | None = None
