"""Podcast transcripts and vCon, with the oddities their files show.

What belongs here: samples of those.
"""

from __future__ import annotations

import json

from tests.formats.sample import Sample, json_sample

PODCAST = {
    "version": "1.0.0",
    "segments": [
        {"speaker": "Ann", "startTime": 0.5, "endTime": 1.0, "body": "Hello"},
        {"speaker": "Ann", "startTime": 0.5, "endTime": 0.5, "body": " "},
        {"speaker": "Ann", "startTime": 1.0, "endTime": 1.0, "body": ","},
        {"speaker": "Ann", "startTime": 1.0, "endTime": 1.5, "body": "world."},
        {"speaker": "Speaker 1", "startTime": 2.0, "endTime": 2.5, "body": "Broken \ufffd sign."},
    ],
}

VCON = {
    "vcon": "0.0.1",
    "uuid": "u1",
    "subject": "Support call",
    "created_at": "2026-11-17T09:00:00Z",
    "parties": [
        {"name": "Ann Lee", "mailto": "ann@example.com", "meta": {"role": "agent"}},
        {"name": "Bob Ray", "email": "bob@example.com", "role": "customer"},
    ],
    "dialog": [
        {
            "type": "recording",
            "start": "2026-11-17T10:00:00+01:00",
            "parties": [0, 1],
            "url": "https://example.com/a.mp3",
        }
    ],
    "analysis": [
        {"type": "summary", "dialog": 0, "body": "Bob has a problem"},
        {
            "type": "transcript",
            "dialog": 0,
            "encoding": "json",
            "body": json.dumps(
                [
                    {"speaker": "Agent", "message": "How can I help?"},
                    {"speaker": "Customer", "message": "My box leaks."},
                ]
            ),
        },
    ],
}

HTML = """<html><head><title>Episode 3</title><script>alert("x")</script></head><body>
<cite>Ann:</cite>
<time>0:05</time>
<p>Hello &amp; welcome.</p>
<p>Nobody said this.</p>
</body></html>
"""

SAMPLES = (
    json_sample(
        "podcast.json",
        "podcast-json",
        PODCAST,
        ("Ann", 0.5, 1.5, "Hello, world."),
        ("Speaker 1", 2.0, 2.5, "Broken \ufffd sign."),
    ),
    json_sample(
        "bare-list.json",
        "podcast-json",
        [{"start": 0, "end": 1800, "text": "All in one."}, {"start": 1900, "end": 2500, "text": "Go."}],
        (None, 0.0, 1.8, "All in one."),
        (None, 1.9, 2.5, "Go."),
    ),
    json_sample(
        "vcon.json", "vcon", VCON, ("Ann Lee", None, None, "How can I help?"), ("Bob Ray", None, None, "My box leaks.")
    ),
    Sample(
        "podcast.html",
        "podcast-html",
        HTML.encode(),
        (("Ann", 5.0, None, "Hello & welcome."), (None, None, None, "Nobody said this.")),
    ),
)
