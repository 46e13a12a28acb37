"""The instructions given to a model: the fixed words, their version and digest.

What belongs here: loading ``prompt.txt``. What does not: what is different from meeting to meeting (see ``conversation``).
"""

from __future__ import annotations

from pathlib import Path

from artifact_assets.domain.documents import sha256

PROMPT_VERSION = "1"
"""Raised with every change of ``prompt.txt``; a test keeps the two together."""

PROMPT = Path(__file__).with_name("prompt.txt").read_text("utf-8")
PROMPT_DIGEST = sha256(PROMPT.encode("utf-8"))
