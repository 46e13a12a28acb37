"""Podcast transcripts in HTML: ``<cite>`` names the speaker, ``<time>`` the start, ``<p>`` holds the words.

What belongs here: that page. What does not: any other page, which is refused. Source: Podcasting 2.0 transcript format.

Tags are found with one expression: html.parser of the Python versions supported takes quadratic time on unclosed markup
(CVE-2025-6069), and only four tags matter here.
"""

from __future__ import annotations

import re
from html import unescape

from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import clock_seconds

HEAD_CHARACTERS = 20_000
_SIGNS = re.compile(r"<(?:cite|time)[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]*>")
_HELD = frozenset(("cite", "time", "p", "title"))
_BREAKS = frozenset(("br", "div", "li", "tr", "td"))


def sureness(text: str) -> float:
    """How sure it is that the page is a podcast transcript."""
    head = text[:HEAD_CHARACTERS].lower()
    return 0.95 if _SIGNS.search(head) and "<p" in head else 0.0


def read(text: str) -> Reading:
    """One fragment per paragraph. A paragraph without its own ``cite`` has no known speaker."""
    page = _Page()
    position = line = 0
    for match in _TAG.finditer(text):
        page.words(text[position : match.start()])
        line += text.count("\n", position, match.end())
        position = match.end()
        page.tag(match[2].lower(), closing=bool(match[1]), line=line + 1)
    page.words(text[position:])
    page.finish(line + 1)
    return page.reading


class _Page:
    """Collects paragraphs in document order; never runs or follows anything in the page."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.speaker: str | None = None
        self.start: float | None = None
        self.held: str | None = None
        self.parts: list[str] = []
        self.line = 0

    def words(self, text: str) -> None:
        if self.held is not None and text:
            self.parts.append(unescape(text) if "&" in text else text)

    def tag(self, name: str, *, closing: bool, line: int) -> None:
        if name in _HELD:
            self.finish(line)
            if not closing:
                self.held, self.line = name, line
        elif name in _BREAKS:
            self.parts.append(" ")

    def finish(self, line: int) -> None:
        """Take over what the open element held."""
        held, text = self.held, " ".join("".join(self.parts).split())
        self.held, self.parts = None, []
        if held == "cite":
            self.speaker, self.start = cleaned(text), None
        elif held == "time":
            self.start = clock_seconds(text)
        elif held == "title" and text:
            self.reading.title = text
        elif held == "p" and text:
            self.reading.fragments.append(Fragment(text, self.speaker, self.start, None, self.line, line))
            self.speaker = self.start = None
