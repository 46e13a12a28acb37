"""Reading transcripts where they lie.

What belongs here: limits and everything that can be wrong with a path or URL. What does not: looking into files.
"""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.sources import FileSources

LIMIT = 1000


async def refusal(source: str) -> str:
    with pytest.raises(PipelineError) as refused:
        await FileSources().read(source, LIMIT)
    assert refused.value.failure_class is FailureClass.UNREADABLE_INPUT
    assert "\n" not in str(refused.value)
    return refused.value.cause


@pytest.mark.parametrize(
    "name", ["a.vtt", "a b.vtt", "line\nbreak.vtt", "名前.vtt", os.fsdecode(b"\xff\x80.vtt"), "x" * 250]
)
async def test_a_file_of_any_name_is_read_up_to_the_limit(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"x" * LIMIT)
    assert await FileSources().read(str(file), LIMIT) == b"x" * LIMIT
    file.write_bytes(b"")
    assert await FileSources().read(str(file), LIMIT) == b""


async def test_a_file_that_looks_like_a_url_is_still_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memory::x").write_bytes(b"words")
    assert await FileSources().read("memory::x", LIMIT) == b"words"


async def test_a_url_is_read_up_to_the_limit(tmp_path: Path) -> None:
    url = f"memory://{tmp_path.name}/a.vtt"
    memory = fsspec.filesystem("memory")
    memory.pipe_file(url, b"x" * LIMIT)
    assert await FileSources().read(url, LIMIT) == b"x" * LIMIT
    memory.pipe_file(url, b"x" * (LIMIT + 1))
    assert "limit" in await refusal(url)
    await refusal(f"memory://{tmp_path.name}/nothing.vtt")
    await refusal(f"memory://{tmp_path.name}")


async def test_a_recording_is_refused_by_its_size_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "video.vtt"
    with file.open("wb") as sparse:
        sparse.truncate(200_000_000_000)
    assert "200000000000" in await refusal(str(file))


async def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    assert "No such file" in await refusal(str(tmp_path / "nothing.vtt"))
    assert "folder" in await refusal(str(tmp_path))
    assert "too long" in await refusal(str(tmp_path / ("x" * 300)))
    await refusal(str(tmp_path / "nul\0.vtt"))
    assert "\\n" in await refusal(str(tmp_path / "line\nbreak.vtt"))
    await refusal("")


async def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vtt")
    assert "regular" in await refusal(str(tmp_path / "pipe.vtt"))


async def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").symlink_to(tmp_path / "b.vtt")
    (tmp_path / "b.vtt").symlink_to(tmp_path / "a.vtt")
    await refusal(str(tmp_path / "a.vtt"))


async def test_a_link_in_the_inbox_is_followed_within_it_and_refused_when_it_leads_out(tmp_path: Path) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "secrets"
    (inbox / "team").mkdir(parents=True)
    elsewhere.mkdir()
    (inbox / "team" / "a.vtt").write_bytes(b"words")
    (elsewhere / "key.vtt").write_bytes(b"secret")
    (inbox / "own.vtt").symlink_to("team/a.vtt")
    (inbox / "out.vtt").symlink_to(elsewhere / "key.vtt")
    (inbox / "twice.vtt").symlink_to(inbox / "out.vtt")
    (inbox / "folder").symlink_to(elsewhere, target_is_directory=True)
    (inbox / "loop.vtt").symlink_to(inbox / "loop.vtt")
    sources = FileSources(inbox=str(inbox))
    assert await sources.read(str(inbox / "own.vtt"), LIMIT) == b"words"
    for name in ("out.vtt", "twice.vtt", "folder/key.vtt", "team/../out.vtt"):
        with pytest.raises(PipelineError) as refused:
            await sources.read(str(inbox / name), LIMIT)
        assert "leads out of the inbox" in refused.value.cause, name
        assert "key.vtt" not in refused.value.cause or "folder" in name, "where it leads is not told"
    with pytest.raises(PipelineError, match="cannot be read"):
        await sources.read(str(inbox / "loop.vtt"), LIMIT)
    # What a person names by its own path is theirs to read, and an inbox behind a link is still the inbox.
    assert await sources.read(str(elsewhere / "key.vtt"), LIMIT) == b"secret"
    (tmp_path / "dropbox").symlink_to(inbox, target_is_directory=True)
    linked = FileSources(inbox=str(tmp_path / "dropbox"))
    assert await linked.read(str(tmp_path / "dropbox" / "own.vtt"), LIMIT) == b"words"
    with pytest.raises(PipelineError, match="leads out"):
        await linked.read(str(tmp_path / "dropbox" / "out.vtt"), LIMIT)
