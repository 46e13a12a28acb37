"""Cutting a long meeting into chunks that fit into one request.

What belongs here: which words of which turns a chunk holds, and the proof that none is missing. What does not: how they
are shown to a model (see ``conversation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.extraction.model.tokens import estimate

LINE_TOKENS = 12
"""What a line's number and speaker cost beside its words."""


@dataclass(frozen=True)
class Piece:
    """Characters ``start`` to ``end`` of a turn's text. A turn too long for one chunk is cut between words."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True)
class Chunk:
    """``pieces`` are the words to be dealt with; ``before`` repeats what came right before them, for understanding."""

    pieces: tuple[Piece, ...]
    before: tuple[Piece, ...] = ()

    @property
    def turns(self) -> frozenset[int]:
        """Every turn a model may cite."""
        return frozenset(piece.turn for piece in (*self.before, *self.pieces))

    @property
    def place(self) -> str:
        """Where in the meeting this is, for people."""
        first, last = self.pieces[0].turn, self.pieces[-1].turn
        return f"turns {first} to {last}" if first != last else f"turn {first}"


def chunks_of(transcript: Transcript, chunk_tokens: int, overlap_tokens: int) -> tuple[Chunk, ...]:
    """The meeting in chunks of at most ``chunk_tokens`` by estimate, each led by ``overlap_tokens`` of what came before."""
    pieces = [piece for turn in transcript.turns for piece in _pieces(turn, chunk_tokens - LINE_TOKENS)]
    chunks = _packed(pieces, transcript, chunk_tokens, overlap_tokens)
    assert_covers(chunks, transcript)
    return chunks


def halved(chunk: Chunk, transcript: Transcript) -> tuple[Chunk, ...] | None:
    """Two chunks for one that did not fit, or None when it holds too little to be cut."""
    size = sum(piece.end - piece.start for piece in chunk.pieces)
    pieces = list(chunk.pieces)
    if len(pieces) == 1:
        turn = transcript.turns[pieces[0].turn]
        middle = _gap(turn.text, pieces[0].start, pieces[0].end, (pieces[0].start + pieces[0].end) // 2)
        if middle is None:
            return None
        pieces = [Piece(turn.index, pieces[0].start, middle), Piece(turn.index, middle, pieces[0].end)]
    first: list[Piece] = []
    taken = 0
    while len(first) < len(pieces) - 1 and (not first or taken < size / 2):
        taken += pieces[len(first)].end - pieces[len(first)].start
        first.append(pieces[len(first)])
    return Chunk(tuple(first), chunk.before), Chunk(tuple(pieces[len(first) :]), (first[-1],))


def assert_covers(chunks: Sequence[Chunk], transcript: Transcript) -> None:
    """Every character of every turn is in exactly one chunk's pieces, in order."""
    expected = [(turn.index, 0, len(turn.text)) for turn in transcript.turns if turn.text]
    found = _joined(piece for chunk in chunks for piece in chunk.pieces)
    if found != expected:
        raise AssertionError(f"chunks cover {len(found)} spans and the meeting has {len(expected)} turns")


def _joined(pieces: Iterable[Piece]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for piece in pieces:
        if found and found[-1][0] == piece.turn and found[-1][2] == piece.start:
            found[-1] = (piece.turn, found[-1][1], piece.end)
        else:
            found.append((piece.turn, piece.start, piece.end))
    return found


def _pieces(turn: Turn, most: int) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    while start < len(turn.text):
        end = len(turn.text)
        while estimate(turn.text[start:end]) > most:
            middle = start + max(1, (end - start) // 2)
            end = _gap(turn.text, start, end, middle) or middle
        pieces.append(Piece(turn.index, start, end))
        start = end
    return pieces


def _gap(text: str, start: int, end: int, near: int) -> int | None:
    """The place after a space nearest before ``near``, or the next one after it."""
    before = text.rfind(" ", start + 1, near)
    if before > start:
        return before + 1
    after = text.find(" ", near, end - 1)
    return after + 1 if after >= 0 else None


def _packed(
    pieces: Sequence[Piece], transcript: Transcript, chunk_tokens: int, overlap_tokens: int
) -> tuple[Chunk, ...]:
    sizes = [estimate(transcript.turns[p.turn].text[p.start : p.end]) + LINE_TOKENS for p in pieces]
    chunks: list[Chunk] = []
    start = 0
    while start < len(pieces):
        before = _overlap(pieces, sizes, start, overlap_tokens)
        room = chunk_tokens - sum(sizes[start - len(before) : start])
        end = start + 1
        room -= sizes[start]
        while end < len(pieces) and sizes[end] <= room:
            room -= sizes[end]
            end += 1
        chunks.append(Chunk(tuple(pieces[start:end]), before))
        start = end
    return tuple(chunks)


def _overlap(pieces: Sequence[Piece], sizes: Sequence[int], start: int, overlap_tokens: int) -> tuple[Piece, ...]:
    first, room = start, overlap_tokens
    while first > 0 and sizes[first - 1] <= room:
        room -= sizes[first - 1]
        first -= 1
    return tuple(pieces[first:start])
