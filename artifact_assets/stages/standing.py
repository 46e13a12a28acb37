"""Digests of what stays the same from meeting to meeting, made once.

What belongs here: remembering them. What does not: what a stage's key is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from artifact_assets.domain.documents import digest_of


@dataclass
class Standing:
    """Remembered by name and by the very object they were made of: another object under the name is digested anew."""

    _known: dict[Hashable, tuple[object, str]] = field(default_factory=dict[Hashable, tuple[object, str]])

    def digest(self, name: Hashable, of: object, shape: Callable[[], Any]) -> str:
        """The digest of ``shape()``, which depends on nothing but ``name`` and ``of``, a value that never changes."""
        known = self._known.get(name)
        if known is None or known[0] is not of:
            known = self._known[name] = (of, digest_of(shape()))
        return known[1]
