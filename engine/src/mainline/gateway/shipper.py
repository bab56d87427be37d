"""Keeps the process that turns the spool into Parquet: starts it again when it ends."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from mainline.core.progress import say

PAUSE = 5.0  # seconds before the process is started again
PATIENCE = 10.0  # seconds that it has to end


class Shipper:
    """A child process, so that pyarrow and slow stores never hold the loop of the answers."""

    def __init__(self, spool: Path, settings: Path | None, store: str | None) -> None:
        options = ["--spool", str(spool)]
        options += ["--settings", str(settings)] if settings else []
        options += ["--store", store] if store else []
        self.command = [sys.executable, "-m", "mainline.cli.main", "log", "ship", *options]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run it during the block, then let it ship what is there, for a bounded time."""
        self._stopping = asyncio.Event()
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            self._stopping.set()
            await keeping

    async def _keep(self) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        while not self._stopping.is_set():
            # In its own session: Ctrl-C of a terminal reaches only us, and we then end it.
            process = await asyncio.create_subprocess_exec(*self.command, start_new_session=True)
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(ended, PATIENCE)
                except TimeoutError:
                    process.kill()
                    await process.wait()
                return
            say("gateway", f"`log ship` ended with {process.returncode}; again in {PAUSE:g} s")
            await asyncio.wait({stopping}, timeout=PAUSE)
