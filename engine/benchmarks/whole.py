"""The whole loop from a fresh table to the gate's verdict, in two sizes of rows and of columns.

Cost has to grow with the rows and with the columns, and not faster.
"""

import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import rows
import yaml
from measure import ROOT, Cost, Result, child, command, main, ratios

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.git import Git

WIDE, LONG = 20_000, (12, 4)  # rows of a wide table; numbers and categories of a long one
SIZES = {
    "100,000 x 16": (100_000, *LONG),
    "500,000 x 30": (500_000, 26, 4),
    "1,000,000 x 16": (1_000_000, *LONG),
    "20,000 x 30": (WIDE, 26, 4),
    "20,000 x 300": (WIDE, 280, 20),
}
GROWTH = (("1,000,000 x 16", "100,000 x 16"), ("20,000 x 300", "20,000 x 30"))
SECONDS = {"20,000 x 300": 180.0}
SIGNAL = 16  # numbers that matter
OWN = ("checks", "features", "metrics")  # of the worked example's columns


def measure(_: list[int], repeat: int) -> list[Result]:
    """Seconds on the wall and of all cores, and the most memory of one process."""
    found, walls = [], {}
    for size, (count, numbers, categories) in SIZES.items():
        costs = [run(count, rows.contract(numbers, categories, time=True)) for _ in range(repeat)]
        walls[size] = [cost.wall for cost in costs]
        about = ("run, everything", size)
        found += [
            Result.of(*about, walls[size], "s", most=SECONDS.get(size)),
            Result.of(*about, [cost.cpu for cost in costs], "CPU s"),
            Result.of(*about, [cost.memory for cost in costs], "GB"),
        ]
    found += [
        Result.of(f"run, everything, over {less}", more, ratios(walls[more], walls[less]), "x",
                  most=10.0)
        for more, less in GROWTH
    ]  # fmt: skip
    return found


def run(count: int, table: TableSettings) -> Cost:
    """What `mainline run` takes in a repository that has released nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "copy"
        project(root, count, table)
        return child(command("run"), root, {"PYTHONPATH": str(root / "src")})


def project(root: Path, count: int, table: TableSettings) -> None:
    """A copy of this tree whose table has so many rows, in a file."""
    git = Git(ROOT)
    for name in git.run("ls-files", "-z").split("\0"):
        if name and not name.startswith("engine/") and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    for name in OWN:
        next(root.glob(f"src/*/{name}.py")).write_text(f"# {name}: none\n")
    frame = rows.frame(table, count, signal=SIGNAL)
    frame[table.target] = frame[table.target].map({0: "no", 1: "yes"})
    pa.parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), root / "rows.parquet")
    params = yaml.safe_load(Layout(root).params.read_text())
    params["data"]["source"] = {"kind": "file", "path": "rows.parquet"}
    params["table"] = table.model_dump(exclude_none=True, exclude_defaults=True)
    params["validation"] = {"min_rows": 1, "columns": {n: {"nulls": 0.5} for n in table.numbers}}
    params["evaluation"] = {"threshold": 0.5}
    keep = ("champion", "latency", "size_mb")
    params["gate"] = {name: params["gate"][name] for name in keep} | {
        "bars": {},
        "baseline": {"margin": 0.5},
        "slices": {"largest_gap": 0.9, "min_rows": 1},
    }
    Layout(root).params.write_text(yaml.safe_dump(params))
    for name in (Layout.lock, Layout.release, Layout.catalogue):  # of another table
        (root / name).unlink(missing_ok=True)
    made = Git(root)
    made.run("init", "--quiet", "--initial-branch", "main")
    made.run("add", "--all")
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    made.run(*identity, "commit", "--quiet", "--no-verify", "--message", "Code")


if __name__ == "__main__":
    main(__doc__, measure, [0], 1)
