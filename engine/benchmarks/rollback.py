"""How long from a revert to the manifests of then, beside plain git and Kustomize in one run.

Run by `make bench`. It judges nothing and exits with 0: times depend on the machine, the ratios
less so.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import story

from mainline.core.errors import MainlineError
from mainline.k8s.rendered import rendered

Step = Callable[[], object]
TARGET = 5.0  # seconds, from revert to rendered manifest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7, help="measurements of each (7)")
    parser.add_argument("--releases", type=int, default=50, help="releases before, 2 or more (50)")
    options = parser.parse_args()
    tools = story.ROOT / "engine/tools/bin"  # for the commands, which run elsewhere
    os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        try:
            story.build(root, options.releases)
            seconds = measure(root, options.repeat, options.releases)
        except MainlineError as error:
            raise SystemExit(str(error)) from None
    show(seconds, options.releases)


def measure(root: Path, repeat: int, releases: int) -> dict[str, list[float]]:
    """Seconds of each step, one after the other in every round, so that all see the same load."""
    good, version = story.release(releases - 2), story.release(releases // 2).version
    branch = f"rollback-staging-{story.git(root, 'rev-parse', '--short=7', 'HEAD~1')}"
    reverts: dict[str, Step] = {
        "git revert": lambda: story.git(root, "revert", "--no-edit", "HEAD~1"),
        "rollback": lambda: command(root, "rollback", "staging"),
    }
    others: dict[str, Step] = {
        "diff": lambda: command(root, "diff", "HEAD~2", "HEAD"),
        "trace": lambda: command(root, "trace", version),
        "history": lambda: command(root, "history"),
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeat):
        for name, step in reverts.items():
            story.git(root, "switch", "-q", "--detach", "main")
            took, render = timed(step), timed(lambda: rendered(root))
            seconds[name].append(took)
            seconds["render"].append(render)
            seconds[f"{name} + render"].append(took + render)
            if good.digest not in rendered(root).get("staging", ""):
                raise SystemExit(f"{name} did not bring back version {good.version}")
        story.git(root, "switch", "-q", "--detach", "main")
        story.git(root, "branch", "-q", "-D", branch)  # what `rollback` prepared
        for name, step in others.items():
            seconds[name].append(timed(step))
    return seconds


def command(root: Path, *arguments: str) -> None:
    """One of our commands as a person runs it, with the start of Python."""
    line = [sys.executable, "-m", "mainline.cli.main", *arguments]
    done = subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def timed(step: Step) -> float:
    """Seconds that a step takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def show(seconds: dict[str, list[float]], releases: int) -> None:
    """A line for each step: median, least, most, and its ratio to git and Kustomize alone."""
    plain, whole = (seconds[f"{name} + render"] for name in ("git revert", "rollback"))
    reference = statistics.median(plain)
    print(f"{releases} releases before, {len(plain)} rounds; ratios to git revert + render\n")
    print(f"{'':22}{'median':>9}{'least':>9}{'most':>9}{'ratio':>8}")
    for name, found in seconds.items():
        middle = statistics.median(found)
        times = "".join(f"{each:>7.2f} s" for each in (middle, min(found), max(found)))
        print(f"{name:22}{times}{middle / reference:>7.1f}x")
    took = statistics.median(whole)
    said = "met" if took < TARGET else "missed"
    print(f"\nfrom revert to rendered manifest: {took:.2f} s, target under {TARGET:.0f} s: {said}")


if __name__ == "__main__":
    main()
