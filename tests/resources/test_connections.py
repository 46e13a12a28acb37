"""A connection is lent to one request at a time, used again after a whole answer, and never after half of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from resources.http.connections import Connections, LendingTransport

HALF = 100_000


@dataclass
class Host:
    """A server that counts its connections; ``/half`` promises more than it sends, ``/cut`` hangs up."""

    port: int = 0
    opened: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            while (line := await reader.readline()).strip():
                while (await reader.readline()).strip():
                    pass
                path = line.split()[1]
                length = HALF if path == b"/half" else 2
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n{}" % length)
                await writer.drain()
                if path == b"/cut":
                    break
        finally:
            writer.close()


@asynccontextmanager
async def hosted() -> AsyncGenerator[tuple[Host, httpx2.AsyncClient]]:
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with httpx2.AsyncClient(transport=LendingTransport(Connections()), base_url=base) as client:
            yield host, client
    finally:
        server.close()


async def test_one_after_the_other_share_a_connection() -> None:
    async with hosted() as (host, client):
        answers = [(await client.get("/")).content for _ in range(5)]
    assert answers == [b"{}"] * 5
    assert host.opened == 1


async def test_each_of_many_at_once_has_its_own_and_all_are_used_again() -> None:
    async with hosted() as (host, client):
        for _ in range(3):
            await asyncio.gather(*(client.get("/") for _ in range(7)))
    assert host.opened <= 7


async def test_after_half_an_answer_the_next_request_has_a_fresh_connection() -> None:
    async with hosted() as (host, client):
        async with client.stream("GET", "/half"):
            pass
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/half", timeout=0.2)
        assert (await client.get("/")).content == b"{}"
    assert host.opened == 3


async def test_a_caller_who_gives_up_leaves_no_connection_behind_that_others_could_meet() -> None:
    async with hosted() as (host, client):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.get("/half", timeout=None)
        assert (await client.get("/")).content == b"{}"
    assert host.opened == 2


async def test_a_connection_that_the_host_closed_meanwhile_is_not_tried_again() -> None:
    async with hosted() as (host, client):
        await client.get("/cut")
        await asyncio.sleep(0.1)
        assert (await client.get("/")).content == b"{}"
    assert host.opened == 2
