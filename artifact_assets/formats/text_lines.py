"""The lines of a text with what they could open, looked at once for all text formats.

What belongs here: that shared look. What does not: judging it (see ``recognition``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from artifact_assets.formats.dialogue import Dialogue, examined


@dataclass(frozen=True)
class TextLines:
    """Lines as the file has them."""

    lines: list[str]

    @cached_property
    def dialogue(self) -> Dialogue:
        """The lines examined for speakers."""
        return examined(self.lines)
