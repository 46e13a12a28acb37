"""Text files: Otter, Google Meet, several notations of ``Name: text``, typed notes, and our own JSON.

What belongs here: samples of those.
"""

from __future__ import annotations

from tests.formats.sample import json_sample, text_sample

OTTER = """Ann Lee  0:03␠␠
Hello there. One thing first: thanks.

Unknown Speaker  0:15␠␠
Sure.

Bob Ray  1:02:10␠␠
That was a long one.

Transcribed by https://otter.ai
""".replace("␠", " ")

OTTER_KEYWORDS = """Planning call
Tue, Nov 17, 2026 10:00AM • 12:34

SUMMARY KEYWORDS
budget, contract, friday

SPEAKERS
Ann Lee, Bob Ray

Ann Lee  00:00
We open the budget now.

Bob Ray  00:09
Go ahead please.
"""

MEET = """_This editable transcript was computer generated and might contain errors. People can also change it._

Ann Lee: Welcome everybody.

Ann Lee: Let us begin.

00:05:00

Bob Ray: I have one point: pricing.

Bob Ray's Presentation: This is the sound of a video.

Meeting ended after 00:07:21 👋
"""

MEET_NOTES = """📝 Notes

Nov 17, 2026

Weekly sync

Invited Ann Lee Bob Ray

Summary

Ann will send the offer.

📖 Transcript

Nov 17, 2026

Weekly sync - Transcript

00:00:00

**Ann Lee:** I will send the offer.

**Bob Ray:** Good, by Friday.

Transcription ended after 00:01:02
"""

LABELLED = """Date: 2026-11-17
Attendees: Ann Lee <ann@example.com>, Bob Ray (CTO)

Ann Lee: Shall we start?
Bob Ray: Yes. The number is
forty two.
Note: Bob showed a slide.
Ann Lee: Noted.

Action items:
- Bob Ray: send the slide
"""

BRACKETS = """[00:30] Ann Lee:
Can you hear me?

[00:34] Bob Ray: Loud and clear.
[01:02:03] Ann Lee: Good.
"""

ROLES = """Rep (Jordan): How many seats do you need?
Prospect (Sam): About forty.
Rep (Jordan): I will send a quote.
"""

RANGES = """[00:00 - 00:04] Ann Lee: First point.
[00:04 - 00:09] Bob Ray: Second point.
"""

NOTES = """# Acme sync

- Jane to send the proposal by Friday
- They prefer annual billing.

Open: who signs?
"""

CSV = """Start Time,End Time,Speaker,Text
00:00:01.500,00:00:03,Ann Lee,"Hello, Bob."
00:01:04,00:01:05,1,"Two
lines."
"""

OWN = {
    "title": "Weekly",
    "started_at": "2026-11-17T10:00:00+01:00",
    "participants": [{"name": "Ann Lee", "email": "ann@example.com"}],
    "turns": [
        {"speaker": "Ann Lee", "start": 0, "end": 2.5, "text": "Hello.\nSecond line."},
        {"speaker": None, "start": None, "end": None, "text": "Somebody else."},
        {"text": "No more."},
    ],
}

SAMPLES = (
    text_sample(
        "otter.txt",
        "otter-txt",
        OTTER,
        ("Ann Lee", 3.0, None, "Hello there. One thing first: thanks."),
        (None, 15.0, None, "Sure."),
        ("Bob Ray", 3730.0, None, "That was a long one."),
    ),
    text_sample(
        "otter-keywords.txt",
        "otter-txt",
        OTTER_KEYWORDS,
        ("Ann Lee", 0.0, None, "We open the budget now."),
        ("Bob Ray", 9.0, None, "Go ahead please."),
    ),
    text_sample(
        "meet.txt",
        "google-meet",
        MEET,
        ("Ann Lee", None, None, "Welcome everybody. Let us begin."),
        ("Bob Ray", None, None, "I have one point: pricing."),
        (None, None, None, "This is the sound of a video."),
    ),
    text_sample(
        "meet-notes.md",
        "google-meet",
        MEET_NOTES,
        ("Ann Lee", None, None, "I will send the offer."),
        ("Bob Ray", None, None, "Good, by Friday."),
    ),
    text_sample(
        "labelled.txt",
        "dialogue",
        LABELLED,
        ("Ann Lee", None, None, "Shall we start?"),
        ("Bob Ray", None, None, "Yes. The number is forty two."),
        (None, None, None, "Note: Bob showed a slide."),
        ("Ann Lee", None, None, "Noted."),
    ),
    text_sample(
        "brackets.txt",
        "dialogue",
        BRACKETS,
        ("Ann Lee", 30.0, None, "Can you hear me?"),
        ("Bob Ray", 34.0, None, "Loud and clear."),
        ("Ann Lee", 3723.0, None, "Good."),
    ),
    text_sample(
        "roles.txt",
        "dialogue",
        ROLES,
        ("Rep (Jordan)", None, None, "How many seats do you need?"),
        ("Prospect (Sam)", None, None, "About forty."),
        ("Rep (Jordan)", None, None, "I will send a quote."),
    ),
    text_sample(
        "ranges.txt",
        "dialogue",
        RANGES,
        ("Ann Lee", 0.0, 4.0, "First point."),
        ("Bob Ray", 4.0, 9.0, "Second point."),
    ),
    text_sample(
        "notes.md",
        "notes",
        NOTES,
        (None, None, None, "# Acme sync"),
        (None, None, None, "- Jane to send the proposal by Friday"),
        (None, None, None, "- They prefer annual billing."),
        (None, None, None, "Open: who signs?"),
    ),
    text_sample(
        "turns.csv",
        "csv",
        CSV,
        ("Ann Lee", 1.5, 3.0, "Hello, Bob."),
        ("Speaker 1", 64.0, 65.0, "Two lines."),
    ),
    json_sample(
        "own.json",
        "json",
        OWN,
        ("Ann Lee", 0.0, 2.5, "Hello.\nSecond line."),
        (None, None, None, "Somebody else."),
        (None, None, None, "No more."),
    ),
)
