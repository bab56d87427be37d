"""README's first command in a fresh clone, where nothing is installed and no package is kept.

The first version took 129 s, with networks alone; trees beside them may take as much again.
"""

import tempfile
from pathlib import Path

from measure import ROOT, Result, child, main

from mainline.git import Git

FIRST_VERSION = 129.0  # seconds, 60 of them for packages


def measure(_: list[int], repeat: int) -> list[Result]:
    """Seconds until packages are there, and until the model of the worked example is judged."""
    setup, whole = [], []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch) / "clone"
            Git(ROOT).run("clone", "--quiet", "--no-hardlinks", str(ROOT), str(root))
            alone = {"UV_CACHE_DIR": str(Path(scratch) / "packages")}
            costs = [child(["make", *line], root, alone) for line in (["setup"], ["run"])]
            setup.append(costs[0].wall)
            whole.append(sum(each.wall for each in costs))
    size = "worked example"
    return [
        Result.of("fresh clone, make setup", size, setup, "s"),
        Result.of("fresh clone, make setup and make run", size, whole, "s", most=2 * FIRST_VERSION),
    ]


if __name__ == "__main__":
    main(__doc__, measure, [0], 1)
