"""The text of a DOCX package: paragraphs and tables of its body, opened with limits.

What belongs here: ZIP and WordprocessingML. What does not: what the lines mean (see ``docx``).

Written here rather than read with python-docx, which loads every part of a package, pictures of all speakers included,
before the first paragraph can be read, and raises a dozen kinds of errors for broken ones. Only one part is needed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.limits import ReadingLimits

BODY = "word/document.xml"
MAX_PARTS = 10_000
MAX_DEPTH = 400
"""Elements inside elements; a table in a table in a text box stays under 60."""

_SKIPPED = frozenset(("del", "instrText", "Fallback", "delText", "pPr", "rPr"))

Table = list[list[str]]


def part_names(content: bytes) -> list[str]:
    """Names of the package's parts; empty when it is no readable ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return package.namelist()[:MAX_PARTS]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return []


def blocks(content: bytes, limits: ReadingLimits) -> Iterator[str | Table]:
    """Paragraphs (with line breaks) and tables in order. Raises PipelineError(UNREADABLE_INPUT) for unsafe packages."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            part = package.getinfo(BODY)
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _unreadable("is packed in a way that Word does not use")
            _check_expansion(part, limits)
            with package.open(part) as stream:
                yield from _blocks(io.BytesIO(stream.read(limits.max_expanded_bytes + 1)))
    except DefusedXmlException:
        raise _unreadable("declares XML entities, which no Word document does, and is not opened") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ParseError, NotImplementedError) as error:
        raise _unreadable(f"is damaged ({type(error).__name__})") from None
    except (RuntimeError, ValueError, OSError):
        raise _unreadable("is encrypted or damaged") from None


def _check_expansion(part: zipfile.ZipInfo, limits: ReadingLimits) -> None:
    if part.file_size > limits.max_expanded_bytes or part.file_size > limits.max_expansion * max(
        part.compress_size, 512
    ):
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The DOCX expands from {part.compress_size:,} to {part.file_size:,} bytes, more than a transcript does.",
            "Save the document again in Word, or export the transcript as text.",
        )


def _unreadable(what: str) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT, f"The DOCX {what}.", "Save the document again, or export it as text."
    )


def _blocks(stream: io.BytesIO) -> Iterator[str | Table]:
    body = _Body()
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            body.enter(_local(element))
            continue
        done = body.leave(_local(element), element)
        if done is not None:
            yield done


class _Body:
    """The tables and cells that are open while the document is read from front to back."""

    def __init__(self) -> None:
        self.depth = 0
        self.tables: list[Table] = []
        self.cells: list[list[str]] = []

    def enter(self, tag: str) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _unreadable(f"nests elements deeper than {MAX_DEPTH} levels")
        if tag == "tbl":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag == "tc":
            self.cells.append([])

    def leave(self, tag: str, element: Element) -> str | Table | None:
        """The paragraph or table of the body that ends here, or None. What ends inside a cell belongs to the cell."""
        self.depth -= 1
        if tag == "p":
            text = _text(element)
            element.clear()
            if not self.cells:
                return text
            self.cells[-1].append(text)
        elif tag == "tc" and self.cells:
            cell = "\n".join(self.cells.pop()).strip()
            if self.tables and self.tables[-1]:
                self.tables[-1][-1].append(cell)
        elif tag == "tbl" and self.tables:
            table = self.tables.pop()
            element.clear()
            if not self.cells:
                return table
            self.cells[-1].extend("\t".join(row) for row in table)
        return None


def _text(paragraph: Element) -> str:
    """Words, tabs and breaks of a paragraph, without deleted revisions, field codes and fallback copies."""
    parts: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        tag = _local(element)
        if tag in _SKIPPED:
            continue
        if tag == "t":
            parts.append(element.text or "")
        elif tag == "tab":
            parts.append("\t")
        elif tag in ("br", "cr"):
            parts.append("\n")
        else:
            waiting.extend(reversed(list(element)))
    return "".join(parts)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
