"""One limit governs every way of reading a file."""

from __future__ import annotations

from artifact_assets.configuration.schema import Configuration


def test_a_raised_file_limit_raises_what_the_readers_accept() -> None:
    assert Configuration(max_file_bytes=40_000_001).reading_limits.max_bytes == 40_000_001
