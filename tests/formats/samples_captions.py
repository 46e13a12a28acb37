"""Caption files: WebVTT of Zoom, Teams, YouTube and podcast hosts, SRT and SBV.

What belongs here: samples of those. What does not: malformed files (see the tests of each reader).
"""

from __future__ import annotations

from tests.formats.sample import text_sample

ZOOM = """WEBVTT

7
00:00:01.000 --> 00:00:04.000
Ann Lee: Welcome back. The plan is simple: ship on

8
00:00:04.500 --> 00:00:06.000
Ann Lee: Friday.

9
00:00:07.250 --> 00:00:09.000
Bob Ray: I will send the contract.
"""

TEAMS = """WEBVTT

3f1c2d4e-0000-4000-8000-000000000001/12-0
00:00:03.120 --> 00:00:06.800
<v Dr. Chen>The results are in and
they look good</v>

3f1c2d4e-0000-4000-8000-000000000001/12-1
00:00:06.800 --> 00:00:08.000
<v Dr. Chen>for the second group.</v>

3f1c2d4e-0000-4000-8000-000000000001/15-0
00:00:09.000 --> 00:00:10.500
<v José Ruiz>Perfecto, gracias.</v>"""

YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:00.080 --> 00:00:02.389 align:start position:0%
␠
hello<00:00:00.480><c> and</c><00:00:00.719><c> welcome</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
hello and welcome
␠

00:00:02.399 --> 00:00:04.070 align:start position:0%
hello and welcome
to<00:00:02.600><c> the</c><00:00:02.900><c> show.</c>

00:00:04.070 --> 00:00:04.080 align:start position:0%
to the show.
␠
""".replace("␠", " ")

PODCAST = """WEBVTT

0.860 --> 3.380
<v SPEAKER_1>The news is short today.

10.100 --> 13.480
<v SPEAKER_2>So is the answer &lt;i&gt; gave.
"""

NESTED = """WEBVTT

1
00:01.000 --> 00:03.000
<v.loud Ann Lee>No <i>really</i>, <c.yellow>thank you</c>.</v> <v Bob Ray>You are welcome.</v>
"""

SRT = """1
00:00:00,000 --> 00:00:02,500
Ann: We start with the budget. It has

2
00:00:02,500 --> 00:00:05,000
to be signed this week, and the
board has seen it.

3
00:00:06,000 --> 00:00:07,000
Bob: Signed already.

4
00:00:07,000 --> 00:00:08,500
On Monday, in fact.
"""

SBV = """0:00:00.599,0:00:04.160
>> ANN LEE: Hi, and welcome.

0:00:04.160,0:00:06.770
Thanks for having
me on the show.
"""

SAMPLES = (
    text_sample(
        "zoom.vtt",
        "webvtt",
        ZOOM,
        ("Ann Lee", 1.0, 6.0, "Welcome back. The plan is simple: ship on Friday."),
        ("Bob Ray", 7.25, 9.0, "I will send the contract."),
    ),
    text_sample(
        "teams.vtt",
        "webvtt",
        TEAMS,
        ("Dr. Chen", 3.12, 8.0, "The results are in and they look good for the second group."),
        ("José Ruiz", 9.0, 10.5, "Perfecto, gracias."),
    ),
    text_sample("youtube.vtt", "webvtt", YOUTUBE, (None, 0.08, 4.07, "hello and welcome to the show.")),
    text_sample(
        "podcast.vtt",
        "webvtt",
        PODCAST,
        ("SPEAKER_1", 0.86, 3.38, "The news is short today."),
        ("SPEAKER_2", 10.1, 13.48, "So is the answer <i> gave."),
    ),
    text_sample(
        "nested-voices.vtt",
        "webvtt",
        NESTED,
        ("Ann Lee", 1.0, 3.0, "No really, thank you."),
        ("Bob Ray", 1.0, 3.0, "You are welcome."),
    ),
    text_sample(
        "changes-only.srt",
        "srt",
        SRT,
        ("Ann", 0.0, 5.0, "We start with the budget. It has to be signed this week, and the board has seen it."),
        ("Bob", 6.0, 8.5, "Signed already. On Monday, in fact."),
    ),
    text_sample("show.sbv", "sbv", SBV, ("ANN LEE", 0.599, 6.77, "Hi, and welcome. Thanks for having me on the show.")),
)
