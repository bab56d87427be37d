"""The gateway of the demo: `mainline gateway`, but its log has the time of the simulated clock.

It is a program of its own, so that no option of the real gateway can change a time.
"""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from mainline.demo.simulated_clock import SimulatedClock
from mainline.gateway import start
from mainline.gateway.commands import OPTIONS
from mainline.request_log.exchange import Exchange
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings


class DatedLog(RequestLog):
    """A log in which every exchange happened at the simulated time."""

    def __init__(self, clock: SimulatedClock, folder: Path, settings: LogSettings) -> None:
        """As `RequestLog`."""
        self._clock = clock
        super().__init__(folder, settings)

    def write(self, exchange: Exchange) -> None:
        """Take an exchange."""
        super().write(replace(exchange, time=self._clock.now()))


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(prog="mainline.demo.dated_gateway")
    parser.add_argument("--clock", type=Path, required=True)
    for name, about in OPTIONS.items():
        parser.add_argument(name, **about)
    given = vars(parser.parse_args(sys.argv[1:]))
    make = partial(DatedLog, SimulatedClock(given.pop("clock")))
    start.run(Path(), **given, make_log=make)


if __name__ == "__main__":
    main()
