"""The command `log ship`: puts closed segments of a spool into the store until it is ended."""

import os
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.process.orphan import end_with_parent
from mainline.request_log import watch_spool
from mainline.request_log.settings import SPOOL, read_settings
from mainline.request_log.ship_settings import Shipping
from mainline.request_log.spool import Spool


def run(
    root: Path, spool: Path | None, settings_file: Path | None, store: str | None, *, once: bool
) -> None:
    """Ship until SIGTERM, then what is left, for at most `drain_seconds`.

    With `once`, ship and end; also what a killed gateway left open, and what was set aside. Raises
    MainlineError when another process works in the spool, or when `once` could not ship all.
    """
    settings = read_settings(settings_file, store).log
    folder, chosen = Spool(spool or root / SPOOL), Shipping.of(settings).text()
    path = str(folder.folder)
    with folder.lock("shipper") as lock:
        if once:
            with folder.lock("gateway"):
                folder.recover(folder.counters())
                folder.take_back()
            if not watch_spool.ship_round(path, chosen, None):
                raise MainlineError("not all of it could be shipped.", where=folder.folder)
            return
        end_with_parent()
        os.set_inheritable(lock.fileno(), True)
        watch_spool.become(path, chosen, settings.drain_seconds)
