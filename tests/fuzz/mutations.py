"""Damaged files: bytes, lines, JSON values and package parts of real-looking transcripts, changed by a seeded random.

What belongs here: making one damaged file from good ones. What does not: reading it (see ``formats``).
"""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Sequence

from artifact_assets.formats.fields import Json

TOKENS: tuple[bytes, ...] = (
    b"WEBVTT\n\n",
    b"00:00:01.000 --> 00:00:02.000\n",
    b"99:99:99.999 --> 0:0:0.0\n",
    b"1\n00:00:00,000 --> 00:00:00,000\n",
    b"<v Name>",
    b"</v>",
    b"<00:00:01.000><c>",
    b"&#1114112;",
    b"&lt;&amp;lt;",
    b"NOTE ",
    b"Name: ",
    b"[00:01:02] ",
    b"Ann  0:03  \n",
    b"Action items:\n",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "\u202e\u2066".encode(),
    b"\x1b[2J\x1b]0;x\x07",
    b"=cmd|' /C calc'!A1",
    b"\r",
    b"\r\n\r\n",
    b":" * 200,
    b"<" * 500,
    b"(" * 300,
    b" " * 400,
    b"1" * 400,
    b"{" * 200,
    b"[" * 5000,
    b"-->" * 50,
    b"a:" * 200,
    b"00:00:" * 100,
    b"https://otter.ai",
    b"Meeting ended after 00:00:01",
    b"**" * 60,
    b"1e999",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
)
VALUES: tuple[Json, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**17,
    10**400,
    float("inf"),
    float("nan"),
    "",
    " ",
    "0",
    "-1",
    "1e5",
    "12.900s",
    "PT1H",
    "2026-11-17T10:00:00Z",
    "9999-99-99T99:99:99Z",
    "00:00:01",
    "\ud800",
    "\x00",
    "A\u202eB",
    "Speaker 1",
    "x" * 5000,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"text": 1},
    {"seconds": "x", "nanos": []},
)


def damaged(seeds: Sequence[bytes], choose: random.Random) -> bytes:
    """One file made from ``seeds`` by one to four changes."""
    content = choose.choice(seeds)
    for _ in range(choose.randint(1, 4)):
        if content[:1] in (b"{", b"[") and choose.random() < 0.7:
            content = _json_changed(content, choose)
        elif content[:2] == b"PK" and choose.random() < 0.8:
            content = _package_changed(content, choose)
        else:
            content = choose.choice(_BYTE_CHANGES)(content, seeds, choose)
    return content


def _flip(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(choose.randint(1, 8)):
        if changed:
            changed[choose.randrange(len(changed))] = choose.randrange(256)
    return bytes(changed)


def _cut(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    start, end = sorted((choose.randint(0, len(content)), choose.randint(0, len(content))))
    return content[:start] + content[end:]


def _truncate(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    return content[: choose.randint(0, len(content))]


def _repeat(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    start = choose.randint(0, len(content))
    piece = content[start : start + choose.randint(1, 200)]
    return content[:start] + piece * choose.randint(2, 40) + content[start:]


def _insert(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    at = choose.randint(0, len(content))
    return content[:at] + choose.choice(TOKENS) * choose.choice((1, 1, 1, 20)) + content[at:]


def _splice(content: bytes, seeds: Sequence[bytes], choose: random.Random) -> bytes:
    other = choose.choice(seeds)
    return content[: choose.randint(0, len(content))] + other[choose.randint(0, len(other)) :]


def _shuffle_lines(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    lines = content.split(b"\n")
    for _ in range(choose.randint(1, 5)):
        at = choose.randrange(len(lines))
        action = choose.randrange(3)
        if action == 0 and len(lines) > 1:
            del lines[at]
        elif action == 1:
            lines.insert(choose.randrange(len(lines) + 1), lines[at])
        else:
            lines[at] = choose.choice((b"", b" ", b"\t", lines[at].strip(), lines[at] + b" ", lines[at].upper()))
    return b"\n".join(lines)


def _line_ends(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    return content.replace(b"\n", choose.choice((b"\r\n", b"\r", b"\n\n", b"\n\r", b"")))


def _encode(content: bytes, _seeds: Sequence[bytes], choose: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(choose.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "shift_jis")), "replace")


_BYTE_CHANGES = (
    _flip,
    _cut,
    _truncate,
    _repeat,
    _insert,
    _insert,
    _splice,
    _shuffle_lines,
    _shuffle_lines,
    _line_ends,
    _encode,
)


def _json_changed(content: bytes, choose: random.Random) -> bytes:
    try:
        value: Json = json.loads(content)
    except (ValueError, RecursionError):
        return _insert(content, (), choose)
    nodes: list[Json] = [value]
    containers: list[dict[str, Json] | list[Json]] = []
    while nodes:
        node = nodes.pop()
        if isinstance(node, (dict, list)) and node:
            containers.append(node)
            nodes.extend(node.values() if isinstance(node, dict) else node)
    if containers:
        node = choose.choice(containers)
        if isinstance(node, dict):
            _change_object(node, choose)
        else:
            _change_list(node, choose)
    try:
        return json.dumps(value).encode()
    except (RecursionError, ValueError):
        return _insert(content, (), choose)


def _change_object(node: dict[str, Json], choose: random.Random) -> None:
    key = choose.choice(list(node))
    action = choose.randrange(5)
    if action == 0:
        del node[key]
    elif action == 1:
        node[choose.choice(("text", "start", "speaker", "words", "results", "turns", "segments", "x"))] = node.pop(key)
    else:
        node[key] = _replacement(choose)


def _change_list(node: list[Json], choose: random.Random) -> None:
    at = choose.randrange(len(node))
    action = choose.randrange(5)
    if action == 0:
        del node[at]
    elif action == 1:
        node.extend(node[:3] * choose.randint(1, 30))
    elif action == 2:
        choose.shuffle(node)
    else:
        node[at] = _replacement(choose)


def _replacement(choose: random.Random) -> Json:
    if choose.random() < 0.8:
        return choose.choice(VALUES)
    deep: Json = "deep"
    for _ in range(choose.choice((3, 70, 600))):
        deep = [deep]
    return deep


def _package_changed(content: bytes, choose: random.Random) -> bytes:
    buffer = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as package,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as changed,
        ):
            for name in package.namelist():
                part = package.read(name)
                if name == "word/document.xml":
                    part = choose.choice((_flip, _cut, _repeat, _insert, _truncate))(part, (), choose)
                    part = choose.choice(
                        (part, part.replace(b"<w:p>", b"<w:tbl><w:tr><w:tc><w:p>"), part.replace(b"w:t", b"w:tab"))
                    )
                changed.writestr(name, part)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return _flip(content, (), choose)
    return buffer.getvalue()
