"""Markdown from plain values.

What belongs here: tables, cells and prose of generated pages. What does not: what a page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Made from the code by docs/generate.py. Change the code and run it again. -->"


def cell(text: str) -> str:
    """``text`` inside a table: on one line, bars escaped."""
    return " ".join(text.replace("|", "\\|").split())


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its heading."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(each) for each in row) + " |" for row in rows]
    return "\n".join(lines)


def prose(docstring: str) -> str:
    """A docstring as Markdown: double backticks become single ones, line breaks inside a paragraph disappear."""
    paragraphs = [" ".join(part.split()) for part in docstring.split("\n\n")]
    return re.sub(r"``([^`]+)``", r"`\1`", "\n\n".join(paragraphs))


def code(value: str) -> str:
    """``value`` as code; nothing for nothing."""
    return f"`{value}`" if value else ""


def page(*parts: str) -> str:
    """A generated page: the parts with an empty line between, and the note that it is generated."""
    return "\n\n".join((parts[0], GENERATED, *parts[1:])) + "\n"
