"""The shape every stored document shares, and how a document becomes a digest.

What belongs here: the frozen base model and canonical bytes. What does not: any particular document.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A frozen value. Unknown keys are refused, so that a typing error in a file is seen and not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


D = TypeVar("D", bound=Document)


def trusted(kind: type[D], keys: set[str], values: dict[str, Any]) -> D:
    """A document of values that are known to be right, in their fields' order; ``keys`` is ``set(values)`` and is kept.

    What ``model_construct`` does, at a third of its cost: a transcript is two such objects a turn. Sharing one ``keys`` halves
    the memory of a long file.
    """
    made = kind.__new__(kind)
    put = object.__setattr__
    put(made, "__dict__", values)
    put(made, "__pydantic_fields_set__", keys)
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: equal values give equal bytes on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, 64 lower-case hex digits."""
    return sha256(canonical_json(value))


def sha256(content: bytes) -> str:
    """SHA-256 of ``content``, 64 lower-case hex digits."""
    return hashlib.sha256(content).hexdigest()


def to_bytes(document: BaseModel) -> bytes:
    """Canonical bytes of a document, as the artifact store keeps them."""
    return canonical_json(document.model_dump(mode="json"))
