"""The loop when nothing is trained, in a copy of this tree that main has released.

Judged anew, and with the last verdict told again.
"""

import shutil
import tempfile
from pathlib import Path

import yaml
from measure import ROOT, Cost, Result, child, command, main

from mainline.core.layout import Layout
from mainline.git import Git
from mainline.pipeline import last

TRAINED, CHANGED = "run, nothing trained", "run, nothing changed"
SECONDS: dict[str, float | None] = {TRAINED: None, CHANGED: 5.0}


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Seconds of the loop and of all cores; sizes are simulated customers."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            root, code = Path(scratch) / "copy", {"PYTHONPATH": str(Path(scratch) / "copy/src")}
            released(root, size, code)
            costs: dict[str, list[Cost]] = {name: [] for name in SECONDS}
            for _ in range(repeat):
                last.forget(root)
                for each in costs.values():  # the first leaves its verdict to the second
                    each.append(child(command("run"), root, code))
        for name, each in costs.items():
            about = (name, f"{size:,} customers")
            found += [
                Result.of(*about, [cost.wall for cost in each], "s", most=SECONDS[name]),
                Result.of(*about, [cost.cpu for cost in each], "CPU s"),
            ]
    return found


def released(root: Path, customers: int, code: dict[str, str]) -> None:
    """A repository whose main has the model that these customers make."""
    for name in Git(ROOT).run("ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    params = yaml.safe_load((Layout(root).params).read_text())
    options = {"customers": customers, "joiners": max(1, customers // 13)}
    params["data"]["source"]["options"] |= options
    # How good it is says nothing about how long the loop takes.
    params["train"]["epochs"] = 5
    params["gate"] |= {
        "bars": {},
        "baseline": {"margin": 0.5},
        "slices": {"largest_gap": 0.9, "min_rows": 1},
    }
    Layout(root).params.write_text(yaml.safe_dump(params))
    for name in (Layout.lock, Layout.release):
        (root / name).unlink(missing_ok=True)
    git = Git(root)
    git.run("init", "--quiet", "--initial-branch", "trial")
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for message, branch in (("Code", "trial"), ("Champion", "main")):
        git.run("add", "--all")
        git.run(*identity, "commit", "--quiet", "--no-verify", "--message", message)
        if branch == "trial":
            child(command("run"), root, code)
    git.run("branch", "--move", "main")


if __name__ == "__main__":
    main(__doc__, measure, [4_000, 40_000], 3)
