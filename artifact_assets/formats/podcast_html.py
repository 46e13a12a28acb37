"""Podcast transcripts in HTML: ``<cite>`` names the speaker, ``<time>`` the start, ``<p>`` holds the words.

What belongs here: that page. What does not: any other page, which is refused. Source: Podcasting 2.0 transcript format.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import clock_seconds

_SIGNS = re.compile(r"<(?:cite|time)[\s>]", re.IGNORECASE)


def sureness(text: str) -> float:
    """How sure it is that the page is a podcast transcript."""
    head = text[:20_000].lower()
    return 0.95 if _SIGNS.search(head) and "<p" in head else 0.0


def read(text: str) -> Reading:
    """One fragment per paragraph. A paragraph without its own ``cite`` has no known speaker."""
    page = _Page()
    page.feed(text)
    page.close()
    return page.reading


class _Page(HTMLParser):
    """Collects paragraphs in document order; never runs or follows anything in the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self.speaker: str | None = None
        self.start: float | None = None
        self.inside: list[str] = []
        self.parts: list[str] = []
        self.line = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in ("cite", "time", "p", "title", "script", "style"):
            self._finish()
            self.inside.append(tag)
            self.parts = []
            self.line = self.getpos()[0]
        elif tag in ("br", "div"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self._finish()

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.parts.append(data)

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        if not self.inside:
            return
        tag, text = self.inside[-1], " ".join("".join(self.parts).split())
        self.inside, self.parts = [], []
        if tag == "cite":
            self.speaker, self.start = cleaned(text), None
        elif tag == "time":
            self.start = clock_seconds(text)
        elif tag == "title" and text:
            self.reading.title = text
        elif tag == "p" and text:
            line, end_line = self.line, self.getpos()[0]
            self.reading.fragments.append(Fragment(text, self.speaker, self.start, None, line, end_line))
            self.speaker = self.start = None
