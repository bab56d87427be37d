"""What happens in the quarter: customers ask, months end, a model is trained anew."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_text
from mainline.core.layout import Layout
from mainline.demo import customers, new_rows, story_server
from mainline.demo.project_copy import StoryProject
from mainline.demo.simulated_clock import SimulatedClock
from mainline.gate.promise import RETRAIN
from mainline.monitoring.finding import Verdict
from mainline.release.release_file import Release
from mainline.request_log.log_store import Store
from mainline.request_log.settings import STORE

SETTINGS = "log: {retention_days: 36500, roll_seconds: 1}\n"  # days of the story are long past
LATE = date(2026, 12, 31)  # what all of a month's customers are known by
SHIPPED_WITHIN = 120.0  # seconds
VERDICT = "verdict.json"


@dataclass(frozen=True)
class Month:
    """A month of the story, and the day on which it is looked back at, with its late labels."""

    first: date
    as_of: date
    told: str

    @property
    def days(self) -> list[date]:
        """All of them."""
        return customers.days(self.first)


MONTHS = (
    Month(date(2026, 7, 1), date(2026, 8, 31), "Nothing unusual happens"),
    Month(date(2026, 8, 1), date(2026, 9, 30), "Most customers get a discount"),
    Month(date(2026, 9, 1), date(2026, 10, 31), "Half of those with a discount leave"),
)


@dataclass(frozen=True)
class Retrained:
    """The branch, its reason, whether the gate is open, and what the gate says.

    `before` and `now` are ROC AUC on test rows of the newest month, of main's model and of this.
    """

    branch: str
    reason: str
    open: bool
    said: str
    before: float
    now: float


@dataclass(frozen=True)
class Quarter:
    """The project with its first model; `url` is there while it is served."""

    project: StoryProject
    clock: SimulatedClock
    rows: pd.DataFrame
    url: str = ""

    @classmethod
    def begun(cls, project: StoryProject) -> "Quarter":
        """Train, judge and commit the first model. Raises MainlineError when its gate is closed."""
        if not project.mainline("run"):
            raise MainlineError("the first model does not pass the gate.", where=project.log)
        project.commit("The first model")
        write_text(project.root.parent / "gateway.yaml", SETTINGS)
        data = project.data
        rows = data.source.read(LATE, project.root).frame
        return cls(project, SimulatedClock(project.root.parent / "clock"), rows)

    @contextmanager
    def served(self) -> Iterator["Quarter"]:
        """Serve the released model during the block, the gateway before it."""
        into = self.project.root.parent
        with story_server.running(
            self.project.root, into / "clock", into / "gateway.yaml", self.project.log
        ) as url:
            yield replace(self, url=url)

    def lived(self, month: Month, count: int) -> Verdict:
        """Let a month's customers ask `count` times, and look back when their labels are there."""
        table, model = self.project.table, Release.read(self.project.root).name
        own = self.rows[pd.to_datetime(self.rows[table.time]).eq(pd.Timestamp(month.first))]
        asked = customers.ask(
            self.url, model, customers.asking(own, table, month.first, count), self.clock
        )
        self._shipped(month, asked)
        settings = str(self.project.root.parent / "gateway.yaml")
        self._do("log", "compact", "--settings", settings)
        days = ("--from", str(month.days[0]), "--to", str(month.days[-1]))
        about = ("--as-of", str(month.as_of), "--settings", settings, "--no-record")
        self._do("monitor", *days, *about)
        return Verdict.read(Layout(self.project.root).monitor / VERDICT)

    def retrained(self, month: Month, *why: str) -> Retrained:
        """Make the branch of a retraining on rows up to a month, and train and judge there.

        Without `why`, the last verdict asks for it. Raises MainlineError when no branch is made.
        """
        asked = why or ("--from-verdict", str(Layout.monitor / VERDICT))
        self._do("retrain", *asked, "--as-of", str(month.as_of))
        git = self.project.git
        made = git.run(
            "for-each-ref", "--format=%(refname:short)", f"refs/heads/{RETRAIN}*"
        ).split()
        branch = next((each for each in made if each.endswith(str(month.as_of))), None)
        if branch is None:
            raise MainlineError("no retraining was asked for.", where=self.project.log)
        with tempfile.TemporaryDirectory() as scratch:
            released = Path(
                shutil.copytree(Layout(self.project.root).saved_model, f"{scratch}/model")
            )
            git.run("switch", "--quiet", branch)
            opened = self.project.mainline("run")
            before, now = new_rows.figures(
                self.project.root, self.project.table, released, month.first
            )
        verdict = read_json(Layout(self.project.root).verdict, made_by="mainline run")
        message = git.run("log", "-1", "--format=%B", branch).strip()
        said = str(verdict.get("headline", ""))
        return Retrained(branch, message, opened, said, before, now)

    def _shipped(self, month: Month, count: int) -> None:
        """Wait until the log has all answers of a month."""
        store, until = Store(str(self.project.root / STORE)), time.monotonic() + SHIPPED_WITHIN
        while (there := _rows(store, month)) < count:
            if time.monotonic() > until:
                raise MainlineError(
                    f"the log has {there:,} of {count:,} answers.", where=self.project.log
                )
            time.sleep(0.5)

    def _do(self, *words: str) -> None:
        if not self.project.mainline(*words):
            raise MainlineError(f"`mainline {words[0]}` failed.", where=self.project.log)


def _rows(store: Store, month: Month) -> int:
    wanted = {str(day) for day in month.days}
    count = 0
    for day in wanted.intersection(store.days()):
        for hour in store.hours(day):
            for path in store.files(hour):
                with store.opened(path) as file:
                    count += file.metadata.num_rows
    return count


def folder_of(into: Path | None) -> Path:
    """The directory of the demo. Raises MainlineError when it is not empty."""
    if into is None:
        return Path(tempfile.mkdtemp(prefix="mainline-demo-")).resolve()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise MainlineError("--into is not empty; name a new or an empty directory.", found=into)
    into.mkdir(parents=True, exist_ok=True)
    return into.resolve()
