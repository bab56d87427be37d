"""The pool of connections to a model server, when those who wait give up."""

import asyncio
import time

import pytest

from mainline.gateway import upstream as pools
from mainline.gateway.upstream import Pool, UpstreamError
from upstream_stub import answer, upstream

QUESTION = b"POST /v1/models/tiny:predict HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


async def greet(_):
    pass


def slow(*_):
    time.sleep(0.1)
    return answer()


def test_those_who_give_up_take_no_place_with_them():
    async def run(port):
        pool = Pool(("127.0.0.1", port), greet, most=2)
        for wait in (0.0, 0.01, 0.05, 0.1, 0.15):
            for _ in range(5):
                asked = [asyncio.create_task(pool.ask(QUESTION)) for _ in range(4)]
                await asyncio.sleep(wait)
                for each in asked[::2]:
                    each.cancel()
                await asyncio.gather(*asked, return_exceptions=True)
        found = await asyncio.gather(*(pool.ask(QUESTION) for _ in range(4)))
        pool.close()
        return pool, found

    with upstream(slow) as server:
        pool, found = asyncio.run(run(server.port))
    assert [each.status for each in found] == [200] * 4
    assert pool._free == 2
    assert server.most <= 3  # one that was given up may not have ended yet


def test_an_answer_that_does_not_come_is_504(monkeypatch):
    monkeypatch.setattr(pools, "ANSWER_SECONDS", 0.05)

    async def run(port):
        pool = Pool(("127.0.0.1", port), greet)
        for _ in range(2):
            with pytest.raises(UpstreamError, match="did not answer within") as failed:
                await pool.ask(QUESTION)
            assert failed.value.status == 504
        return pool

    with upstream(slow) as server:
        assert asyncio.run(run(server.port))._free == pools.CONNECTIONS


def test_a_second_answer_that_nothing_asked_for_ends_the_connection():
    async def run(port):
        pool = Pool(("127.0.0.1", port), greet)
        replies = [await pool.ask(QUESTION) for _ in range(2)]
        await asyncio.sleep(0.05)
        pool.close()
        return replies

    twice = answer(headers=b"X-One: 1\r\n") + answer(b"{}", headers=b"X-Two: 2\r\n")
    with upstream(lambda *_: twice) as server:
        replies = asyncio.run(run(server.port))
    assert [each.body for each in replies] == [b'{"predictions": [0.25]}'] * 2
    assert all(b"X-Two" not in dict(each.headers) for each in replies)
    assert server.opened == 2
