"""The command `demo`: a quarter in which data drift, quality falls, and a new model is proposed."""

import shlex
import shutil
import threading
import time
import webbrowser
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.demo import html_page, project_copy
from mainline.demo.quarter import MONTHS, Quarter, Retrained, folder_of
from mainline.monitoring.finding import Verdict

LEAST = 3_000
SHOWN = 3  # alarms of a month


def run(root: Path, *, requests: int, into: Path | None, no_browser: bool) -> Retrained:
    """Tell the story, and print each step. Returns what came of the retraining.

    Raises MainlineError when a step fails.
    """
    if requests < LEAST:
        raise MainlineError(
            "of so few requests nothing can be said.", found=f"--requests {requests}",
            expected=f"{LEAST:,} or more",
        )  # fmt: skip
    begun = time.monotonic()
    folder = folder_of(into)
    _say(
        f"A copy of this project in {folder}, with {project_copy.CUSTOMERS:,} simulated customers."
    )
    quarter = _begun(root, folder, ours=into is None)
    _say("A server with the gateway before it answers; each answer is logged.")
    with quarter.served() as served:
        for month in MONTHS:
            _say(f"{month.first:%B}: {requests // 3:,} requests. {month.told}.")
            _tell(served.lived(month, requests // 3))
    _say("`mainline retrain` makes a branch for it, and `mainline run` the new model.")
    found = quarter.retrained(MONTHS[-1])
    _say(f"  branch {found.branch}")
    for line in found.reason.splitlines()[2:3]:
        _say(f"  {line}")
    _say(f"  ROC AUC on September's customers: {found.before:.3f} before, {found.now:.3f} now")
    _say(f"  {found.said}")
    page = html_page.write(
        Layout(quarter.project.root).monitor / "page.md", folder / "page.html", "September"
    )
    _say(
        f"That took {time.monotonic() - begun:.0f} s. What the commands said: {quarter.project.log}"
    )
    _say(f"The page of September: {page}")
    _say(f"To remove all of it: rm -rf {shlex.quote(str(folder))}")
    if not no_browser:
        browser = threading.Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True)
        browser.start()
        browser.join(5)
    return found


def _begun(root: Path, folder: Path, *, ours: bool) -> Quarter:
    """The project with its first model. A folder that is `ours` goes when there is none."""
    try:
        project = project_copy.copied(root, folder)
        _say("`mainline run` trains, judges and releases the first model.")
        return Quarter.begun(project)
    except BaseException as error:
        # A log stays, since the error names it.
        if ours and not (isinstance(error, MainlineError) and (folder / "log.txt").exists()):
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _tell(verdict: Verdict) -> None:
    alarms = [each for each in verdict.findings if each.status == "alarm"]
    if not alarms:
        _say("  `mainline monitor`: no alarm.")
    for each in alarms[:SHOWN]:
        _say(f"  `mainline monitor`: {each.sentence}")
    if more := alarms[SHOWN:]:
        _say(f"  and {len(more)} more alarms.")


def _say(line: str) -> None:
    print(line, flush=True)
