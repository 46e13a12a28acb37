"""What file names tell, and what they must not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from artifact_assets.formats.file_names import told_by_name
from artifact_assets.formats.reading import read_transcript

local = datetime.fromisoformat
CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "title", "started_at"),
    [
        ("GMT20261117-100000_Recording.transcript.vtt", None, datetime(2026, 11, 17, 10, tzinfo=UTC)),
        ("GMT20261117-100000_Recording_1920x1080.vtt", None, datetime(2026, 11, 17, 10, tzinfo=UTC)),
        ("Weekly sync-20261117_100000-Meeting Recording.vtt", "Weekly sync", local("2026-11-17T10:00")),
        (
            "Weekly sync (2026-11-17 10:00 GMT+1) - Transcript.docx",
            "Weekly sync",
            datetime(2026, 11, 17, 10, tzinfo=CET),
        ),
        ("Weekly sync - 2026_11_17 10_00 - Notes by Gemini.docx", "Weekly sync", local("2026-11-17T10:00")),
        ("inbox/sales/2026-11-17 Acme discovery.vtt", "Acme discovery", local("2026-11-17")),
        ("2026-11-17_1430_acme.srt", "acme", local("2026-11-17T14:30")),
        ("20261117 acme.srt", "acme", local("2026-11-17")),
        ("Acme_renewal_otter_ai.txt", "Acme renewal", None),
        ("C:\\calls\\Acme call.vtt", "Acme call", None),
        ("transcript.vtt", None, None),
        ("meeting transcript (3).vtt", None, None),
        ("3f1c2d4e-0000-4000-8000-000000000001.json", None, None),
        ("call 2026-13-45.vtt", "call 2026-13-45", None),
        ("order 20261301123.vtt", "order 20261301123", None),
        ("", None, None),
        ("\u202egnp.vtt", None, None),
        ("\ud800.vtt", None, None),
        ("../../etc/passwd", "passwd", None),
        ("x" * 500 + ".vtt", None, None),
    ],
)
def test_a_name_tells_a_title_and_a_start(name: str, title: str | None, started_at: datetime | None) -> None:
    told = told_by_name(name)
    assert (told.title, told.started_at) == (title, started_at)


def test_what_the_file_says_wins_over_its_name() -> None:
    content = b'{"title": "From inside", "started_at": "2026-11-17T09:00:00Z", "turns": [{"text": "Hello."}]}'
    transcript = read_transcript(content, file_name="2020-01-01 From outside.json")
    assert (transcript.title, transcript.started_at) == ("From inside", datetime(2026, 11, 17, 9, tzinfo=UTC))


def test_a_date_without_a_time_is_noted() -> None:
    transcript = read_transcript(b"Ann: Hello.\nBob: Hi.\n", file_name="2026-11-17 Sync.txt")
    assert [note.code for note in transcript.warnings] == ["date_without_time"]
