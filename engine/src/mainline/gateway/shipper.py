"""Keeps the process that turns the spool into Parquet: starts it again when it ends."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from mainline.core.progress import say

PAUSE = 5.0  # seconds before the process is started again
LEAST = 1.0  # seconds that it has to end, also when the time is over


class Shipper:
    """A child process, so that pyarrow and slow stores never hold the loop of the answers."""

    def __init__(
        self, spool: Path, settings: Path | None, store: str | None, drain_seconds: float
    ) -> None:
        options = ["--spool", str(spool)]
        options += ["--settings", str(settings)] if settings else []
        options += ["--store", store] if store else []
        self._drain_seconds, self._until = drain_seconds, 0.0
        self.command = [sys.executable, "-m", "mainline.cli.main", "log", "ship", *options]

    def begin_to_end(self) -> None:
        """From now on the drain's seconds count: for answers under way, then for shipping."""
        self._until = asyncio.get_running_loop().time() + self._drain_seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run it during the block, then let it ship what is there, for a bounded time."""
        stopping = asyncio.Event()
        keeping = asyncio.create_task(self._keep(stopping))
        try:
            yield
        finally:
            stopping.set()
            await keeping

    async def _keep(self, stopping: asyncio.Event) -> None:
        stopped = asyncio.create_task(stopping.wait())
        while not stopped.done():
            try:
                process = await self._started()
            except OSError as error:  # the machine has no process or no memory left
                say("gateway", f"`log ship` does not start: {error}; again in {PAUSE:g} s")
                await asyncio.wait({stopped}, timeout=PAUSE)
                continue
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                process.terminate()
                if await self._ended(process) != -signal.SIGTERM:
                    return  # else it was still starting, and has shipped nothing
                break
            say("gateway", f"`log ship` ended with {process.returncode}; again in {PAUSE:g} s")
            await asyncio.wait({stopped}, timeout=PAUSE)
        with suppress(OSError):
            await self._ended(await self._started("--once"))

    async def _started(self, *more: str) -> Process:
        # In its own session: Ctrl-C of a terminal reaches only us, and we then end it.
        return await asyncio.create_subprocess_exec(*self.command, *more, start_new_session=True)

    async def _ended(self, process: Process) -> int:
        """Wait for as long as there is time, then kill. Returns its exit code."""
        left = self._until - asyncio.get_running_loop().time()
        try:
            return await asyncio.wait_for(process.wait(), max(left, LEAST))
        except TimeoutError:
            process.kill()
            return await process.wait()
