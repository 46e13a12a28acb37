"""Bytes become text: byte order marks, legacy encodings, and characters no transcript can hold.

What belongs here: decoding and line ends. What does not: what the text means.
"""

from __future__ import annotations

import codecs
import re

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.fragment import Notes

REPLACEMENT = "\ufffd"
SAMPLE_BYTES = 6_000
"""What an encoding is guessed from; guessing costs about 20 ms a kilobyte."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœ€…‘’“”•–—™¡¿«»°ªº£©®·´".encode("cp1252")
)
_ESCAPES = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPE = re.compile(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000)"
)


def decode(content: bytes, notes: Notes) -> str:
    """The text of ``content`` without byte order mark. Raises PipelineError(UNREADABLE_INPUT) for binary content.

    UTF-8 is the rule. A file with few broken bytes stays UTF-8 with replacement characters; UTF-16 without a mark is
    recognized by its zero bytes; anything else is guessed by charset-normalizer. Each departure is noted.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _clean(_decode_marked(content[len(mark) :], encoding, notes), notes)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_other(content, notes)
    else:
        if "\x00" in text[:4096]:
            text = _decode_wide(content) or text
    return _clean(text, notes)


def without_surrogates(text: str, notes: Notes, place: str | None = None) -> str:
    """``text`` with NUL and lone surrogates as U+FFFD: no UTF-8 document can hold them. The source file keeps them."""
    if "\x00" in text:
        notes.add("nul_characters", "NUL characters were replaced by U+FFFD.", place)
        text = text.replace("\x00", REPLACEMENT)
    if not text.isascii() and _SURROGATE.search(text):
        notes.add("lone_surrogates", "Lone surrogates were replaced by U+FFFD.", place)
        text = _SURROGATE.sub(REPLACEMENT, text)
    return text


def without_escaped_surrogates(text: str, notes: Notes) -> str:
    r"""JSON ``text`` with ``\u0000`` and escapes of lone surrogates as ``\ufffd``, before a parser makes characters of them."""
    if not _ESCAPES.search(text):
        return text

    def kept(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        notes.add("lone_surrogates", "NUL and lone surrogates in JSON were replaced by U+FFFD.")
        return "\\ufffd"

    return _ESCAPE.sub(kept, text)


def split_lines(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR. ``str.splitlines`` also splits at form feeds and U+2028, which are text here."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _decode_marked(content: bytes, encoding: str, notes: Notes) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        notes.add(
            "broken_encoding",
            f"Bytes that are not {encoding} were replaced by U+FFFD.",
            f"byte {error.start}",
        )
        return content.decode(encoding, "replace")


def _decode_wide(content: bytes) -> str | None:
    """UTF-16 without a mark: Latin text has a zero in nearly every second byte."""
    sample = content[:4096]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.4 * len(zeros):
            return content.decode(encoding, "replace")
    return None


def _decode_other(content: bytes, notes: Notes) -> str:
    wide = _decode_wide(content)
    if wide is not None:
        return wide
    text = content.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    high = len(text) - len(text.encode("ascii", "ignore"))
    if (broken <= max(3, high // 20) and high > broken) or broken == 1:
        notes.add(
            "broken_encoding",
            f"{broken} characters that are not UTF-8 were replaced by U+FFFD.",
        )
        return text
    encoding = _guessed(content)
    notes.add("guessed_encoding", f"The file is not UTF-8; it was read as {encoding}.")
    return content.decode(encoding, "replace")


def _guessed(content: bytes) -> str:
    """The likeliest single-byte or legacy encoding, judged by the lines that hold non-ASCII bytes."""
    sample = b""
    for line in content.split(b"\n"):
        if not line.isascii():
            sample += line[:512] + b"\n"
            if len(sample) > SAMPLE_BYTES:
                break
    if _is_western(sample):
        return "cp1252"
    # here, because its import costs more than reading a UTF-8 transcript
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(sample).best()
    return best.encoding if best is not None and best.encoding not in ("utf_8", "ascii") else "cp1252"


def _is_western(sample: bytes) -> bool:
    """Whether ``sample`` reads as Western European in Windows-1252, the commonest legacy encoding of all.

    charset-normalizer confuses it with its Eastern siblings in short samples. Letters with accents must be a minority
    (in Cyrillic or Greek they are nearly all) and be ones that Western languages use.
    """
    high = [byte for byte in sample if byte >= 0x80]
    plain = sum(1 for byte in sample if 65 <= byte <= 90 or 97 <= byte <= 122)
    western = sum(1 for byte in high if byte in _WESTERN)
    return western >= 0.98 * len(high) and len(high) < 0.5 * plain


def _clean(text: str, notes: Notes) -> str:
    sample = text[:4096]
    if len(_CONTROLS.findall(sample)) + sample.count("\x00") > 0.1 * len(sample):
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "The file is binary, not text: it holds control characters where a transcript holds words.",
        )
    return without_surrogates(text, notes)
