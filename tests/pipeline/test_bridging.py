"""Which keys a backfill over scattered meetings takes along."""

from __future__ import annotations

import pytest

from artifact_assets.partitions import bridged, ranges

ORDER = tuple("abcdefghij")


@pytest.mark.parametrize(
    ("wanted", "passable", "widest", "taken"),
    [
        ("adf", "bceg", 2, "abcdef"),
        ("adf", "bceg", 1, "adef"),
        ("adf", "bceg", 0, "adf"),
        ("adf", "bg", 2, "adf"),
        ("ad", "bc", 2, "abcd"),
        ("j", "abcdefghi", 9, "j"),
        ("", "abc", 3, ""),
        ("ja", "bcdefghi", 8, "abcdefghij"),
    ],
)
def test_short_gaps_of_meetings_that_may_lie_between_are_filled(
    wanted: str, passable: str, widest: int, taken: str
) -> None:
    assert bridged(ORDER, wanted, passable, widest) == tuple(taken)


def test_a_bridge_makes_fewer_runs_and_never_leaves_a_wanted_one_out() -> None:
    wanted = ("b", "d", "h", "j")
    taken = bridged(ORDER, wanted, ORDER, 1)
    assert set(taken) >= set(wanted)
    assert [piece.keys for piece in ranges(ORDER, taken, 100)] == [("b", "c", "d"), ("h", "i", "j")]
