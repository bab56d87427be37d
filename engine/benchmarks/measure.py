"""What every benchmark shares: rounds that see the same load, ratios and their spread, children."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Result:
    """One figure: the middle of its rounds, the least and the most; `met` when it has a target."""

    what: str
    size: str
    value: float
    low: float
    high: float
    unit: str
    target: str = ""
    met: bool | None = None

    @classmethod
    def of(
        cls,
        what: str,
        size: str,
        found: Sequence[float],
        unit: str,
        *,
        least: float | None = None,
        most: float | None = None,
    ) -> "Result":
        """Sums rounds up; `least` or `most` is the target that their middle has to keep."""
        middle = statistics.median(found)
        bound = least if most is None else most
        target = (
            "" if bound is None else f"{'>=' if most is None else '<='} {bound:g} {unit}".rstrip()
        )
        met = None if bound is None else (middle >= bound if most is None else middle <= bound)
        ends = (round(each, 4) for each in (middle, min(found), max(found)))
        return cls(what, size, *ends, unit, target, met)

    def line(self) -> str:
        """For a person."""
        spread = f"{self.value:,.4g} ({self.low:,.4g} to {self.high:,.4g}) {self.unit}"
        judged = "" if self.met is None else f"  target {self.target}: {word(self.met)}"
        return f"{self.what:48} {self.size:>18}  {spread}{judged}"


def word(met: bool | None) -> str:
    """As the table says it."""
    return "" if met is None else "met" if met else "missed"


def rounds(steps: dict[str, Callable[[], Found]], repeat: int) -> dict[str, list[Found]]:
    """What each step returns in every round; side by side, so that all see the same load."""
    found: dict[str, list[Found]] = {name: [] for name in steps}
    for _ in range(repeat):
        for name, step in steps.items():
            found[name].append(step())
    return found


def timed(step: Callable[[], object]) -> float:
    """Seconds that a step takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Round by round."""
    return [one / other for one, other in zip(over, under, strict=True)]


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the wall, seconds of all cores, the most memory in GB."""

    wall: float
    cpu: float
    memory: float


def child(line: list[str], cwd: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run a program to its end. Stops the benchmark when it fails."""
    start = time.perf_counter()
    with subprocess.Popen(
        line,
        cwd=cwd,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        said = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(said.decode(errors="replace")[-2000:])
    wall = time.perf_counter() - start
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9)


def command(*arguments: str) -> list[str]:
    """One of our commands as a person runs it, with the start of Python."""
    return [sys.executable, "-m", "mainline.cli.main", *arguments]


def main(
    about: str | None,
    measure: Callable[[list[int], int], list[Result]],
    sizes: list[int],
    repeat: int,
) -> None:
    """Options in, results out: lines for people, and JSON into the file that `--json` names."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes)
    parser.add_argument("--repeat", type=int, default=repeat, help=f"rounds ({repeat})")
    parser.add_argument("--json", type=Path, help="also write the results into this file")
    options = parser.parse_args()
    found = measure(options.sizes, options.repeat)
    for result in found:
        print(result.line(), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in found]))
