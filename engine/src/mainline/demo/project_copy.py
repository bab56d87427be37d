"""The project of the demo: a copy of this one in a repository of its own, with a story in it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mainline.core import config
from mainline.core.config import read_params
from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.settings import DataSettings
from mainline.dvc.repro import GENERATED
from mainline.git import Git
from mainline.process.children import ending, environment
from mainline.project import Package
from mainline.proposal.secrets import withheld

STORY = Path(__file__).with_name("story.py.txt")
SIMULATOR = "simulator:read"  # of the worked example

CUSTOMERS = 1_500  # fewer than in the worked example, so that a model takes less time
# Of `train`: the trees ship, so the network only has to be there.
TREES = {"folds": 3, "num_leaves": [7]}
NETWORK = {"members": 1, "hidden": [16]}
QUICK = {"resamples": 100, "sample": 2_000, "shuffles": 1}  # of `evaluation`
GROUP = 1_000  # rows of a group that is compared: smaller ones have a handful of positives here
AS_OF = date(2026, 6, 30)
BAR = 0.72  # ROC AUC; below it, a retraining is asked for
# Of the copy's own git: the demo runs without an identity of the person, and signs nothing.
IDENTITY = {"user.name": "demo", "user.email": "demo@localhost", "commit.gpgsign": "false"}
# What `validate` allows the rows to move: a story in which little may move would end in August.
MOVES = {"mean": 1.0, "quantiles": 2.0, "shares": 0.5, "nulls": 0.1, "newest": 5}


@dataclass(frozen=True)
class StoryProject:
    """A git repository; commands run in it as a person would call them, their output in `log`."""

    root: Path
    log: Path

    @property
    def git(self) -> Git:
        """Its git."""
        return Git(self.root)

    @property
    def table(self) -> TableSettings:
        """Its columns."""
        return config.section(self.root, "table", TableSettings)

    @property
    def data(self) -> DataSettings:
        """Its source."""
        return config.section(self.root, "data", DataSettings)

    def commit(self, message: str) -> None:
        """Everything that is there."""
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--no-verify", "--message", message)

    def mainline(self, *words: str) -> bool:
        """Run a command of ours. Returns whether it ended well."""
        with self.log.open("ab") as said:
            said.write(f"\n$ mainline {' '.join(words)}\n".encode())
            said.flush()
            process = subprocess.Popen(
                [sys.executable, "-m", "mainline.cli.main", *words],
                cwd=self.root,
                env=apart(self.root),
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            with ending(process):
                return process.wait() == 0


def apart(root: Path) -> dict[str, str]:
    """The environment of the demo's processes: without our tokens and the team's MLflow."""
    values = withheld(environment(Layout(root).source))
    return {name: value for name, value in values.items() if not name.startswith("MLFLOW_")}


def copied(root: Path, into: Path) -> StoryProject:
    """Make the project, as its first commit on main. Nothing of the checkout is changed.

    Raises MainlineError when the checkout's source is not the worked example's simulator.
    """
    package = Package.of(root)
    _usable(root, package.name)
    target = into / "project"
    for name in Git(root).files("--cached", "--others", "--exclude-standard"):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    for name in GENERATED:
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    text = STORY.read_text(encoding="utf-8").replace("PACKAGE", package.name)
    write_text(target / package.file("story"), text)
    _reads_story(target, package)
    write_text(Layout(target).params, yaml.safe_dump(_params(root, package.name), sort_keys=False))
    made = StoryProject(target, into / "log.txt")
    made.git.run("init", "--quiet", "--initial-branch", "main")
    for name, value in IDENTITY.items():
        made.git.run("config", name, value)
    made.commit("The project of the demo")
    return made


def _usable(root: Path, package: str) -> None:
    source = read_params(root).get("data", {}).get("source", {})
    found = source.get("function") if isinstance(source, dict) else None
    if found != f"{package}.{SIMULATOR}":
        raise MainlineError(
            "the demo tells its story with the worked example's simulator, and this project has "
            "rows of its own.",
            found=f"data.source.function {found}",
            expected=f"{package}.{SIMULATOR}",
            hint="It runs in the template's repository, and in a new project.",
        )


def _params(root: Path, package: str) -> dict[str, Any]:
    values = read_params(root)
    about = {
        "seed": 7,
        "start": "2021-01-01",
        "customers": CUSTOMERS,
        "joiners": 110,
        "drift": 0.0,
        "label_delay_days": 9,
    }
    source = {"kind": "python", "function": f"{package}.story:read", "options": about}
    values["data"] = {"as_of": str(AS_OF), "source": source}
    values["validation"]["statistics"] = MOVES
    values["train"] |= {"ship": "trees", "epochs": 1, "trees": TREES}
    options = values["train"].setdefault("options", {})
    options |= {name: value for name, value in NETWORK.items() if name in options}
    values["evaluation"] |= QUICK
    values["evaluation"].setdefault("fairness", {})["min_rows"] = GROUP
    values["record"] = {"tracking_uri": None}  # a file of the copy
    values["monitoring"] = {
        "triggers": {"quality": {"bars": {"roc_auc": {"min": BAR}}, "min_rows": 500}},
    }
    return values


def _reads_story(target: Path, package: Package) -> None:
    """Let the stage ingest depend on the story."""
    path = Layout(target).pipeline
    simulator, story = (package.file(name) for name in ("simulator", "story"))
    line = f"      - {simulator}\n"
    text = path.read_text(encoding="utf-8")
    write_text(path, text.replace(line, f"{line}      - {story}\n", 1))
