"""JSON of meeting tools, with the oddities their exports show.

What belongs here: samples of those.
"""

from __future__ import annotations

from tests.formats.sample import json_sample

FIREFLIES = {
    "data": {
        "transcript": {
            "title": "Demo",
            "dateString": "2026-11-17T09:00:00.000Z",
            "participants": ["ann@example.com", "bob@example.com"],
            "meeting_attendees": [{"displayName": "Ann Lee", "email": "ann@example.com"}],
            "sentences": [
                {
                    "index": 0,
                    "speaker_name": "Ann Lee",
                    "speaker_id": 0,
                    "text": "Hi Bob.",
                    "start_time": 0.4,
                    "end_time": "1.9",
                },
                {
                    "index": 1,
                    "speaker_name": None,
                    "text": "Hello.",
                    "start_time": "2.5",
                    "end_time": 3,
                    "ai_filters": {"task": None},
                },
            ],
            "summary": {"action_items": "Ann: send the deck\nBob: reply", "overview": "A demo"},
        }
    }
}

GONG = {
    "requestId": "r1",
    "calls": [
        {
            "metaData": {"id": "c1", "title": "Renewal", "started": "2026-11-17T10:00:00+01:00"},
            "parties": [
                {
                    "id": "p1",
                    "speakerId": "s1",
                    "name": "Ann Lee",
                    "emailAddress": "ann@example.com",
                    "affiliation": "Internal",
                },
                {"id": "p2", "speakerId": "s2", "name": "Bob Ray", "affiliation": "External"},
            ],
        }
    ],
    "callTranscripts": [
        {
            "callId": "c1",
            "transcript": [
                {
                    "speakerId": "s1",
                    "topic": "Intro",
                    "sentences": [{"start": 500, "end": 1500, "text": "Thanks for coming."}],
                },
                {"speakerId": "s2", "sentences": [{"start": 2000, "end": 2600, "text": "Of course."}]},
                {"speakerId": "s9", "sentences": [{"start": 3000, "end": 3600, "text": "Me too."}]},
            ],
        }
    ],
}

FATHOM = {
    "meeting_title": "Check-in",
    "recording_start_time": "2026-11-17T09:00:00Z",
    "transcript_language": "en",
    "calendar_invitees": [{"name": "Ann Lee", "email": "ann@example.com", "is_external": False}],
    "transcript": [
        {
            "speaker": {"display_name": "Ann Lee", "matched_calendar_invitee_email": "ann@example.com"},
            "text": "Ready?",
            "timestamp": "00:00:03",
        },
        {
            "speaker": {"display_name": "Bob", "matched_calendar_invitee_email": None},
            "text": "Ready.",
            "timestamp": "00:01:00",
        },
    ],
    "default_summary": {"markdown_formatted": "## Summary\nAll ready"},
    "action_items": [{"description": "Bob sends the file"}],
}

GRAIN = [
    {"speaker": "Ann Lee", "start": 0, "end": 2100, "text": "Two seats."},
    {"speaker": "?", "start": 2500, "end": 4000, "text": "Three seats then."},
]

GRANOLA = {
    "title": "Coffee",
    "attendees": [{"name": "Ann Lee", "email": "ann@example.com"}],
    "summary": "They had coffee",
    "transcript": [
        {
            "source": "microphone",
            "text": "Morning.",
            "start_timestamp": "2026-11-17T09:00:00.000Z",
            "end_timestamp": "2026-11-17T09:00:01.500Z",
        },
        {
            "source": "speaker",
            "text": "Hey you.",
            "start_timestamp": "2026-11-17T09:00:02.000Z",
            "end_timestamp": "2026-11-17T09:00:03.000Z",
        },
    ],
}

TLDV = {
    "id": "t1",
    "meetingId": "m1",
    "data": [
        {"speaker": "Ann Lee", "text": "Agenda first.", "startTime": 1, "endTime": 2.5},
        {"speaker": "Bob Ray", "text": "Agreed.", "startTime": 3, "endTime": 4},
    ],
}

READ_AI = {
    "session_id": "S1",
    "title": "Review",
    "start_time": "2026-11-17T09:00:00Z",
    "participants": [{"name": "Ann Lee", "email": "ann@example.com"}, {"name": "Bob", "email": "None"}],
    "action_items": [{"text": "Ann: write it down"}],
    "transcript": {
        "speaker_blocks": [
            {
                "start_time": 1794906000,
                "end_time": 1794906002,
                "speaker": {"name": "Ann Lee"},
                "words": "Good morning.",
            },
            {"start_time": 1794906004, "end_time": 1794906005, "speaker": {"name": "Bob"}, "words": "Morning."},
        ]
    },
}

RECALL = [
    {
        "participant": {"id": 1, "name": "Ann Lee", "is_host": True},
        "words": [
            {
                "text": "Hello",
                "start_timestamp": {"relative": 1.0, "absolute": "2026-11-17T09:00:01Z"},
                "end_timestamp": {"relative": 1.4},
            },
            {"text": "team.", "start_timestamp": {"relative": 1.5}, "end_timestamp": None},
        ],
    },
    {"participant": {"id": 2, "name": None}, "words": [{"text": "Hi."}]},
]

ZOOM_TIMELINE = {
    "timeline": [
        {"ts": "00:00:01.000", "end_ts": "00:00:02.500", "text": "Can we start?", "users": [{"username": "Ann Lee"}]},
        {"ts": "00:00:03.000", "end_ts": "00:00:04.000", "text": "Yes.", "users": [{"username": "+15550100"}]},
        {
            "ts": "00:00:05.000",
            "end_ts": "00:00:06.000",
            "text": "Both talk.",
            "users": [{"username": "A"}, {"username": "B"}],
        },
        {"ts": "00:00:07.000", "end_ts": "00:00:08.000", "text": "Who?", "users": [{"username": "Unknown Speaker"}]},
    ]
}

OTTER = {
    "title": "Planning",
    "speakers": [{"id": 11, "speaker_name": "Ann Lee"}],
    "transcripts": [
        {"start_offset": 1000, "end_offset": 2500, "speaker_id": 11, "transcript": "Ship it."},
        {
            "start_offset": 3000,
            "end_offset": 4000,
            "speaker_id": None,
            "speaker_model_label": "2",
            "transcript": "Fine.",
        },
    ],
    "summary": "They ship it",
}

SAMPLES = (
    json_sample("fireflies.json", "fireflies", FIREFLIES, ("Ann Lee", 0.4, 1.9, "Hi Bob."), (None, 2.5, 3.0, "Hello.")),
    json_sample(
        "fireflies-download.json",
        "fireflies",
        [{"sentence": "Hi.", "startTime": "00:01", "endTime": "00:02", "speaker_name": "Ann Lee"}],
        ("Ann Lee", 1.0, 2.0, "Hi."),
    ),
    json_sample(
        "gong.json",
        "gong",
        GONG,
        ("Ann Lee", 0.5, 1.5, "Thanks for coming."),
        ("Bob Ray", 2.0, 2.6, "Of course."),
        ("Speaker 1", 3.0, 3.6, "Me too."),
    ),
    json_sample("fathom.json", "fathom", FATHOM, ("Ann Lee", 3.0, None, "Ready?"), ("Bob", 60.0, None, "Ready.")),
    json_sample(
        "grain.json", "grain", GRAIN, ("Ann Lee", 0.0, 2.1, "Two seats."), (None, 2.5, 4.0, "Three seats then.")
    ),
    json_sample(
        "granola.json", "granola", GRANOLA, ("Microphone", 0.0, 1.5, "Morning."), ("System audio", 2.0, 3.0, "Hey you.")
    ),
    json_sample("tldv.json", "tldv", TLDV, ("Ann Lee", 1.0, 2.5, "Agenda first."), ("Bob Ray", 3.0, 4.0, "Agreed.")),
    json_sample(
        "read-ai.json", "read-ai", READ_AI, ("Ann Lee", 0.0, 2.0, "Good morning."), ("Bob", 4.0, 5.0, "Morning.")
    ),
    json_sample("recall.json", "recall-ai", RECALL, ("Ann Lee", 1.0, None, "Hello team."), (None, None, None, "Hi.")),
    json_sample(
        "recall-webhook.json",
        "recall-ai",
        {"event": "transcript.data", "data": {"data": RECALL[0], "bot": {"id": "b"}}},
        ("Ann Lee", 1.0, None, "Hello team."),
    ),
    json_sample(
        "zoom-timeline.json",
        "zoom-timeline",
        ZOOM_TIMELINE,
        ("Ann Lee", 1.0, 2.5, "Can we start?"),
        ("+15550100", 3.0, 4.0, "Yes."),
        (None, 5.0, 6.0, "Both talk."),
        (None, 7.0, 8.0, "Who?"),
    ),
    json_sample("otter.json", "otter-json", OTTER, ("Ann Lee", 1.0, 2.5, "Ship it."), ("Speaker 2", 3.0, 4.0, "Fine.")),
)
