"""A small file of one format and what must become of it.

What belongs here: the shape of a sample. What does not: the samples (``samples_*``).
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Expected = tuple[str | None, float | None, float | None, str]


class Sample(NamedTuple):
    """A file and the turns it must become: speaker, start, end, text. Times in seconds."""

    name: str
    format: str
    content: bytes
    turns: tuple[Expected, ...]


def text_sample(name: str, format_name: str, text: str, *turns: Expected) -> Sample:
    """A sample of a text format."""
    return Sample(name, format_name, text.encode(), turns)


def json_sample(name: str, format_name: str, value: Any, *turns: Expected) -> Sample:
    """A sample of a JSON format."""
    return Sample(name, format_name, json.dumps(value).encode(), turns)
