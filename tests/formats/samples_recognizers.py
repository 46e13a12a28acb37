"""JSON of speech recognizers, with the oddities their answers show.

What belongs here: samples of those.
"""

from __future__ import annotations

from typing import Any

from tests.formats.sample import json_sample

DEEPGRAM_WORDS: dict[str, Any] = {
    "metadata": {"created": "2026-11-17T09:00:00.000Z"},
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "transcript": "hello there yes",
                        "words": [
                            {"word": "hello", "punctuated_word": "Hello", "start": 0.1, "end": 0.4, "speaker": 0},
                            {"word": "there", "punctuated_word": "there.", "start": 0.5, "end": 0.9, "speaker": 0},
                            {"word": "yes", "punctuated_word": "Yes.", "start": 1.5, "end": 1.9, "speaker": 1},
                        ],
                    }
                ]
            }
        ]
    },
}
DEEPGRAM_UTTERANCES: dict[str, Any] = {
    "results": {
        "channels": [{"alternatives": [{"transcript": "hello there", "words": []}]}],
        "utterances": [{"start": 0.1, "end": 0.9, "transcript": "Hello there.", "speaker": 0}],
        "summary": {"short": "A greeting"},
    }
}
DEEPGRAM_PARAGRAPHS: dict[str, Any] = {
    "transcript": "Hello there.",
    "words": [{"word": "hello", "punctuated_word": "Hello", "start": 0.1, "end": 0.4}],
    "paragraphs": {"paragraphs": [{"speaker": 0, "sentences": [{"text": "Hello there.", "start": 0.1, "end": 0.9}]}]},
}
ASSEMBLYAI: dict[str, Any] = {
    "id": "a1",
    "audio_url": "https://example.com/a.mp3",
    "text": "Hello. Hi.",
    "language_code": "en",
    "utterances": None,
    "words": [
        {"text": "Hello.", "start": 100, "end": 900, "speaker": "A"},
        {"text": "Hi.", "start": 1200, "end": 1500, "speaker": "B"},
    ],
}
AWS: dict[str, Any] = {
    "jobName": "j",
    "results": {
        "transcripts": [{"transcript": "Hello, Ann. Bye."}],
        "speaker_labels": {
            "segments": [
                {
                    "start_time": "0.0",
                    "end_time": "1.0",
                    "speaker_label": "spk_0",
                    "items": [{"start_time": "0.1", "speaker_label": "spk_0"}],
                },
                {"start_time": "1.0", "end_time": "1.1", "speaker_label": "", "items": []},
                {"start_time": "2.0", "end_time": "3.0", "speaker_label": "spk_1", "items": []},
            ]
        },
        "items": [
            {"type": "pronunciation", "start_time": "0.1", "end_time": "0.5", "alternatives": [{"content": "Hello"}]},
            {"type": "punctuation", "alternatives": [{"confidence": None, "content": ","}]},
            {"type": "pronunciation", "start_time": "0.6", "end_time": "0.9", "alternatives": [{"content": "Ann"}]},
            {"type": "punctuation", "alternatives": [{"confidence": None, "content": "."}]},
            {"type": "pronunciation", "start_time": "2.1", "end_time": "2.5", "alternatives": [{"content": "Bye"}]},
            {"type": "punctuation", "alternatives": [{"confidence": None, "content": "."}]},
        ],
    },
}
GOOGLE_DIARIZED: dict[str, Any] = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "hi bob",
                    "words": [
                        {"endTime": {"nanos": 500000000}, "word": "hi"},
                        {"startTime": {"seconds": "1"}, "endTime": {"seconds": "2"}, "word": "bob"},
                    ],
                }
            ]
        },
        {
            "alternatives": [
                {
                    "words": [
                        {"endTime": "0.500s", "word": "hi", "speakerTag": 1},
                        {"startTime": "1s", "endTime": "2s", "word": "bob", "speakerTag": 2},
                    ],
                    "transcript": "",
                }
            ]
        },
    ]
}
AZURE: dict[str, Any] = {
    "combinedRecognizedPhrases": [{"display": "Hello world. Bye."}],
    "timestamp": "2026-11-17T09:30:21Z",
    "recognizedPhrases": [
        {
            "recognitionStatus": "Success",
            "speaker": 1,
            "offset": "PT0.07S",
            "duration": "PT1.5S",
            "nBest": [{"display": "Hello world."}],
        },
        {
            "recognitionStatus": "Success",
            "speaker": 2,
            "offsetInTicks": 20000000.0,
            "durationInTicks": 5000000.0,
            "nBest": [{"display": "Bye."}],
        },
        {"recognitionStatus": "Failure", "nBest": [{"display": "noise"}]},
    ],
}
AZURE_PASCAL: dict[str, Any] = {
    "RecognizedPhrases": [
        {"Speaker": 1, "OffsetInTicks": 8600000, "DurationInTicks": 10000000, "NBest": [{"Display": "Thanks."}]}
    ]
}
AZURE_FAST: dict[str, Any] = {
    "durationMilliseconds": 3000,
    "combinedPhrases": [{"text": "Hello again."}],
    "phrases": [
        {"offsetMilliseconds": 40, "durationMilliseconds": 960, "text": "Hello again.", "locale": "en-US", "speaker": 0}
    ],
}
WHISPER: dict[str, Any] = {
    "text": " Hello there. Bye.",
    "language": "english",
    "segments": [{"id": 0, "start": 0.0, "end": 2.5, "text": " Hello there."}, {"id": 1, "text": " Bye."}],
}
WHISPERX: dict[str, Any] = {
    "segments": [
        {
            "start": 0.0,
            "end": 2.0,
            "text": " Hi Ann.",
            "speaker": "SPEAKER_00",
            "words": [{"word": "Hi", "start": 0.0, "end": 0.5, "speaker": "SPEAKER_00"}, {"word": "Ann."}],
        },
        {
            "start": 2.0,
            "end": 4.0,
            "text": " Yes. No.",
            "words": [
                {"word": "Yes.", "start": 2.0, "end": 2.5, "speaker": "SPEAKER_00"},
                {"word": "No.", "start": 3.0, "end": 3.5, "speaker": "SPEAKER_01"},
            ],
        },
    ]
}
WHISPER_CPP: dict[str, Any] = {
    "result": {"language": "en"},
    "transcription": [{"offsets": {"from": 0, "to": 1500}, "text": " Hello."}],
}
REV: dict[str, Any] = {
    "monologues": [
        {
            "speaker": 0,
            "elements": [
                {"type": "text", "value": "Hello", "ts": 0.2, "end_ts": 0.6},
                {"type": "punct", "value": ", "},
                {"type": "text", "value": "Ann", "ts": 0.7, "end_ts": 1.0},
                {"type": "punct", "value": ".", "ts": None},
            ],
        },
        {
            "speaker": 1,
            "elements": [{"type": "text", "value": "Hi", "ts": 2.0, "end_ts": 2.4}, {"type": "punct", "value": "!"}],
        },
    ]
}
IBM: dict[str, Any] = {
    "results": [
        {
            "final": True,
            "alternatives": [{"transcript": "hello you ", "timestamps": [["hello", 0.1, 0.5], ["you", 0.6, 0.9]]}],
        }
    ],
    "speaker_labels": [{"from": 0.1, "to": 0.5, "speaker": 0}, {"from": 0.6, "to": 0.9, "speaker": 1}],
}
SPEECHMATICS: dict[str, Any] = {
    "format": "2.9",
    "metadata": {"transcription_config": {"language": "en"}},
    "results": [
        {"type": "word", "start_time": 0.1, "end_time": 0.5, "alternatives": [{"content": "Hello", "speaker": "S1"}]},
        {
            "type": "punctuation",
            "attaches_to": "previous",
            "start_time": 0.5,
            "end_time": 0.5,
            "alternatives": [{"content": ".", "speaker": "S1"}],
        },
        {"type": "word", "start_time": 1.0, "end_time": 1.5, "alternatives": [{"content": "Hm", "speaker": "UU"}]},
    ],
}
SPEECHMATICS_1: dict[str, Any] = {
    "job": {"created_at": "2026-11-17T09:00:00+00:00"},
    "speakers": [{"name": "M1", "time": "0.0", "duration": "1.0"}],
    "words": [{"name": "Hello", "time": "0.1", "duration": "0.4"}, {"name": ".", "time": "0.5", "duration": "0.0"}],
}
KALDI: dict[str, Any] = {
    "retval": {
        "punct": "Hello there.",
        "words": [
            {"start": 0.1, "end": 0.4, "word": "hello", "punct": "Hello"},
            {"start": 0.5, "end": 0.9, "word": "there", "punct": "there."},
        ],
        "segmentation": {"segments": [{"start": 0, "duration": 2, "speaker": {"@id": "S0"}}]},
    }
}
PAPER_EDIT: dict[str, Any] = {
    "words": [{"id": 0, "start": 0.1, "end": 0.4, "text": "Hello."}],
    "paragraphs": [{"start": 0, "end": 1, "speaker": "Ann"}],
}
AUTOEDIT: dict[str, Any] = {
    "title": "Film",
    "text": [
        {"speaker": "Unnamed Speaker", "paragraph": [{"line": [{"text": "Hello.", "startTime": 0.1, "endTime": 0.4}]}]}
    ],
}

SAMPLES = (
    json_sample(
        "deepgram.json",
        "deepgram",
        DEEPGRAM_WORDS,
        ("Speaker 0", 0.1, 0.9, "Hello there."),
        ("Speaker 1", 1.5, 1.9, "Yes."),
    ),
    json_sample("deepgram-utterances.json", "deepgram", DEEPGRAM_UTTERANCES, ("Speaker 0", 0.1, 0.9, "Hello there.")),
    json_sample("deepgram-bare.json", "deepgram", DEEPGRAM_PARAGRAPHS, ("Speaker 0", 0.1, 0.9, "Hello there.")),
    json_sample(
        "assemblyai.json", "assemblyai", ASSEMBLYAI, ("Speaker A", 0.1, 0.9, "Hello."), ("Speaker B", 1.2, 1.5, "Hi.")
    ),
    json_sample("aws.json", "aws-transcribe", AWS, ("spk_0", 0.1, 0.9, "Hello, Ann."), ("spk_1", 2.1, 2.5, "Bye.")),
    json_sample(
        "google.json", "google-stt", GOOGLE_DIARIZED, ("Speaker 1", 0.0, 0.5, "hi"), ("Speaker 2", 1.0, 2.0, "bob")
    ),
    json_sample(
        "azure.json", "azure-speech", AZURE, ("Speaker 1", 0.07, 1.57, "Hello world."), ("Speaker 2", 2.0, 2.5, "Bye.")
    ),
    json_sample("azure-pascal.json", "azure-speech", AZURE_PASCAL, ("Speaker 1", 0.86, 1.86, "Thanks.")),
    json_sample("azure-fast.json", "azure-speech", AZURE_FAST, ("Speaker 0", 0.04, 1.0, "Hello again.")),
    json_sample("whisper.json", "whisper", WHISPER, (None, 0.0, 2.5, "Hello there."), (None, None, None, "Bye.")),
    json_sample(
        "whisperx.json",
        "whisper",
        WHISPERX,
        ("SPEAKER_00", 0.0, 2.5, "Hi Ann. Yes."),
        ("SPEAKER_01", 3.0, 3.5, "No."),
    ),
    json_sample("whisper-cpp.json", "whisper", WHISPER_CPP, (None, 0.0, 1.5, "Hello.")),
    json_sample("rev.json", "rev-ai", REV, ("Speaker 0", 0.2, 1.0, "Hello, Ann."), ("Speaker 1", 2.0, 2.4, "Hi!")),
    json_sample("ibm.json", "ibm", IBM, ("Speaker 0", 0.1, 0.5, "hello"), ("Speaker 1", 0.6, 0.9, "you")),
    json_sample(
        "speechmatics.json", "speechmatics", SPEECHMATICS, ("Speaker 1", 0.1, 0.5, "Hello."), (None, 1.0, 1.5, "Hm")
    ),
    json_sample("speechmatics-1.json", "speechmatics", SPEECHMATICS_1, ("M1", 0.1, 0.5, "Hello.")),
    json_sample("kaldi.json", "kaldi", KALDI, ("Speaker 0", 0.1, 0.9, "Hello there.")),
    json_sample("paper-edit.json", "paper-edit", PAPER_EDIT, ("Ann", 0.1, 0.4, "Hello.")),
    json_sample("autoedit.json", "autoedit", AUTOEDIT, (None, 0.1, 0.4, "Hello.")),
)
