"""Every benchmark, or those of ONLY, into `results.json` and the table in docs/performance.md.

Run by `make bench`. Its exit code judges nothing: times depend on the machine, ratios less so.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from os import cpu_count, getloadavg
from pathlib import Path
from typing import Any

from document import DOCUMENT, written

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
NAMES = (
    "newcomer", "startup", "auc", "drift", "loop", "ingest", "training", "score", "gateway",
    "gateway_grpc", "trees", "whole", "outside", "quality", "monitor", "alarms",
)  # fmt: skip
LIBRARIES = (
    "tensorflow", "keras", "scikit-learn", "lightgbm", "pandas", "pyarrow", "evidently", "dvc"
)  # fmt: skip


def main() -> None:
    """Run them one after the other; what is not run keeps its earlier figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=", ".join(NAMES))
    chosen = parser.parse_args().only or list(NAMES)
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(NAMES)}.")
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in chosen:
        print(f"\n{name}", flush=True)
        load = round(getloadavg()[0])  # of other work: what runs here has not begun
        kept[name] = {"load": load, "machine": machine(), "results": results(name)}
        RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        DOCUMENT.write_text(written(DOCUMENT.read_text(), kept))


def results(name: str) -> list[dict[str, Any]]:
    """What one benchmark found, which also says so itself."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "results.json"
        subprocess.run([sys.executable, HERE / f"{name}.py", "--json", target], check=True)
        found: list[dict[str, Any]] = json.loads(target.read_text())
    return found


def machine() -> dict[str, Any]:
    """What decides times and names nobody."""
    return {
        "cpu": cpu(),
        "cores": cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def cpu() -> str:
    """The class of CPU, as Linux knows it."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    main()
