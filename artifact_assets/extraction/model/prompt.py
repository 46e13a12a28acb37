"""The instructions given to a model: the fixed words, their version and digest.

What belongs here: loading ``prompt.txt``, and another text in its place for a comparison. What does not: what is different
from meeting to meeting (see ``conversation``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from artifact_assets.domain.documents import sha256

PROMPT_VERSION = "1"
"""Raised with every change of ``prompt.txt``; a test keeps the two together."""

PROMPT = Path(__file__).with_name("prompt.txt").read_text("utf-8")
PROMPT_DIGEST = sha256(PROMPT.encode("utf-8"))


@dataclass(frozen=True)
class Prompt:
    """Instructions with the name they are known by."""

    text: str = field(repr=False)
    version: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the words."""
        return sha256(self.text.encode("utf-8"))


COMMITTED = Prompt(PROMPT, PROMPT_VERSION)
