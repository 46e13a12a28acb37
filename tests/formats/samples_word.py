"""Word transcripts, made with python-docx when a test asks for them.

What belongs here: samples of Teams and Google Meet documents.
"""

from __future__ import annotations

import io
from functools import cache

import docx
from docx.document import Document

from tests.formats.sample import Sample


def _bytes(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@cache
def samples() -> tuple[Sample, ...]:
    """Samples of DOCX."""
    return (_teams(), _meet(), _table(), _old_teams())


def _teams() -> Sample:
    document = docx.Document()
    for line in ("Weekly sync-20261117_100000-Meeting Recording", "November 17, 2026, 10:00AM", "35m 12s"):
        document.add_paragraph(line)
    document.add_paragraph("Ann Lee started transcription")
    for name, time, text in (("Ann Lee", "0:03", "Hello: all."), ("José Ruiz", "0:15", "Two\nlines.")):
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"   {time}")
        paragraph.add_run().add_break()
        paragraph.add_run(text)
    document.add_paragraph("Ann Lee stopped transcription")
    turns = (("Ann Lee", 3.0, None, "Hello: all."), ("José Ruiz", 15.0, None, "Two lines."))
    return Sample("teams.docx", "docx", _bytes(document), turns)


def _meet() -> Sample:
    document = docx.Document()
    document.add_heading("Weekly sync (2026-11-17 10:00 GMT+1) - Transcript")
    document.add_heading("Attendees")
    document.add_paragraph("Ann Lee, Bob Ray, Bob Ray's Presentation")
    document.add_heading("Transcript")
    document.add_paragraph("This editable transcript was computer generated and might contain errors.")
    document.add_paragraph("Ann Lee: Hello.")
    document.add_heading("00:05:00")
    document.add_paragraph("Bob Ray： Hi.")
    document.add_paragraph("Meeting ended after 00:06:00 👋")
    turns = (("Ann Lee", None, None, "Hello."), ("Bob Ray", None, None, "Hi."))
    return Sample("meet.docx", "docx", _bytes(document), turns)


def _table() -> Sample:
    document = docx.Document()
    document.add_paragraph("Board call")
    table = document.add_table(rows=0, cols=3)
    for row in (("Timestamp", "Speaker", "Transcript"), ("00:00:05", "Ann Lee", "Hello."), ("00:01:09", "Bob", "Hi.")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    turns = (("Ann Lee", 5.0, None, "Hello."), ("Bob", 69.0, None, "Hi."))
    return Sample("table.docx", "docx", _bytes(document), turns)


def _old_teams() -> Sample:
    document = docx.Document()
    for line in ("0:0:0.0 --> 0:0:3.45", "Ann Lee", "Hello there.", "0:0:4.0 --> 0:0:6.0", "Bob Ray", "Hi Ann."):
        document.add_paragraph(line)
    turns = (("Ann Lee", 0.0, 3.45, "Hello there."), ("Bob Ray", 4.0, 6.0, "Hi Ann."))
    return Sample("old-teams.docx", "docx", _bytes(document), turns)
