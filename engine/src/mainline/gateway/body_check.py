"""Checks bodies for duplicate keys: small ones at once, others in a process of their own.

A large one would hold Python's lock, and with it every other answer.
"""

import asyncio
import sys
from contextlib import suppress

from mainline.gateway.duplicate_keys import SMALL, Verdict, judged


class BodyCheck:
    """The check, and the process for large bodies; it starts with the first of them."""

    def __init__(self, most: int) -> None:
        """`most` is the limit for an unpacked body, in bytes."""
        self._most = most
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def judged(self, body: bytes, *, packed: bool) -> Verdict:
        """What is wrong with a body. Raises OSError when the process cannot be had."""
        if len(body) <= SMALL and not packed:
            return judged(body)
        async with self._turn:
            for again in (True, False):
                try:
                    return await self._asked(body, packed)
                except (OSError, asyncio.IncompleteReadError) as error:
                    self.close()
                    if not again:
                        raise OSError("the check of large bodies ended") from error
        raise AssertionError

    async def _asked(self, body: bytes, packed: bool) -> Verdict:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "mainline.gateway.duplicate_keys", str(self._most)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        source, into = self._process.stdout, self._process.stdin
        assert source is not None and into is not None  # noqa: S101
        into.write(bytes([packed]) + len(body).to_bytes(8, "big"))
        into.write(body)
        await into.drain()
        return Verdict(await source.readexactly(1))

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
