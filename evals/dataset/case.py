"""A case: one meeting and what a careful reader says came out of it.

What belongs here: the documented shape of a line in ``cases/*.jsonl``. What does not: reading files (see ``reading``) and
judging anybody by a case (see ``evals.scoring``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.documents import Document


class Expected(Document):
    """One thing that came out of the meeting. ``evidence`` are turn indices as ``normalize`` prints them.

    ``quote`` is a passage of one of these turns. ``owner``, ``due`` and ``due_text`` belong to action items (the last
    two to next steps also), ``object``, ``field`` and ``value`` to field updates; a tag's name is its ``text``. An
    ``optional`` item is no error when it is there, and none when it is not: careful readers differ on it.
    """

    id: str = Field(min_length=1)
    kind: ItemKind
    text: str = Field(min_length=1)
    evidence: tuple[int, ...] = Field(min_length=1)
    quote: str | None = None
    owner: str | None = None
    due: date | None = None
    due_text: str | None = None
    object: str | None = None
    field: str | None = None
    value: str | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        names = (self.object, self.field, self.value)
        if (self.kind is ItemKind.FIELD_UPDATE) != all(name is not None for name in names):
            raise ValueError(f"{self.id}: object, field and value belong to a field_update, and it needs all three")
        if self.owner is not None and self.kind is not ItemKind.ACTION_ITEM:
            raise ValueError(f"{self.id}: only an action_item has an owner")
        if self.due is not None and self.kind not in {ItemKind.ACTION_ITEM, ItemKind.NEXT_STEP}:
            raise ValueError(f"{self.id}: only an action_item or a next_step is due")
        return self


class Forbidden(Document):
    """Something that must not be delivered from ``evidence``, of one ``kind`` or, with None, of any.

    ``reason`` says why in a few words. One that speaks of an injection makes delivering it an obeyed injection; one that
    speaks of a retraction, withdrawal or replaced value makes it a missed retraction.
    """

    kind: ItemKind | None = None
    evidence: tuple[int, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)

    @property
    def injection(self) -> bool:
        """Whether delivering it means that somebody gave the extractor orders."""
        return "inject" in self.reason.lower()

    @property
    def retraction(self) -> bool:
        """Whether delivering it means that a taking-back was missed."""
        said = self.reason.lower()
        return any(word in said for word in ("retract", "withdr", "taken back", "replaced", "superseded", "corrected"))


class Expects(Document):
    """How the meeting ends: its ``state``, and codes of warnings that have to be there."""

    state: str | None = None
    failure_class: str | None = None
    warnings: tuple[str, ...] = ()


class Case(Document):
    """One line of a dataset. Paths are relative to the dataset's folder; ``sidecar`` has the keys of a sidecar file.

    ``traits`` name what makes the case hard, and scores are also told by trait.
    """

    case: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,119}$")
    domain: str = Field(min_length=1)
    traits: tuple[str, ...] = ()
    language: str = "en"
    transcript: str = Field(min_length=1)
    sidecar: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    configuration: str | None = None
    expected: tuple[Expected, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    expects: Expects = Expects()
    notes: str = ""

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [item.id for item in self.expected]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"{self.case}: the expected item {twice[0]} stands twice")
        return self
