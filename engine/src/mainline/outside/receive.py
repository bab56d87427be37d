"""The command `receive`: finds the proposal of a run, and fetches its commit and its artifact.

It needs a token that reads. What it fetches is unpacked under limits and neither loaded nor run.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import remove
from mainline.git import Git
from mainline.github import artifacts, event, runs
from mainline.github.answers import GaveUp, Refused, Unreachable
from mainline.github.api import Api
from mainline.github.identity import authenticated
from mainline.github.pulls import Pulls
from mainline.github.runs import Run
from mainline.github.workflow import output
from mainline.outside.placed import REF
from mainline.outside.received import PARCEL, Received
from mainline.outside.unzip import unzip
from mainline.proposal.parcel import ARTIFACT, BYTES, Parcel

# Of the step: `true` when there is something to judge, and a model in it, which needs TensorFlow.
OUTPUT, MODEL = "go", "model"


def run(root: Path, *, into: Path, pr: int | None = None) -> None:
    """Write `into`; its `received.json` is written last. A run that is stale writes nothing.

    Raises MainlineError when there is no such run, or GitHub does not answer.
    """
    if into.exists():
        raise MainlineError("exists already.", where=into, hint="Name a new directory.")
    api = Api.from_environment()
    found = _run(api, pr, os.environ)
    number = 0 if found.event == "merge_group" else runs.pull_of(api, found)
    pull = Pulls(api).get(number) if number else None
    stale = _stale(found, pull)
    output(OUTPUT, "false" if stale else "true")
    if stale:
        output(MODEL, "false")
        print(f"nothing to judge: {stale}", flush=True)
        return
    git = Git(root)
    git.run(
        "fetch",
        "--quiet",
        "--no-tags",
        "origin",
        f"+{found.head}:{REF}",
        environment=authenticated(),
    )
    into.mkdir(parents=True)
    (into / ".gitignore").write_text("*\n", encoding="utf-8")
    about = Received(
        event=found.event,
        run=found.id,
        number=number,
        head=found.head,
        base=git.known("HEAD"),
        branch=str(pull["head"]["ref"]) if pull else "",
        fork=_fork(pull),
        jobs=runs.jobs(api, found),
    )
    if not about.fork:  # a stranger's run trains nothing: what it uploads is not fetched
        about = _with_artifact(about, api, found, into)
    about.write(into)
    output(MODEL, "true" if (into / PARCEL).exists() else "false")
    print(f"received  {found.head} of run {found.id}, pull request {number or 'none'}", flush=True)


def _run(api: Api, number: int | None, environment: Mapping[str, str]) -> Run:
    if number is not None:
        return runs.newest(api, number, str(Pulls(api).get(number)["head"]["sha"]))
    if event.name(environment) != "workflow_run":
        raise MainlineError(
            "no run is named.",
            found=f"the event {event.name(environment) or 'of no workflow'}",
            expected="workflow_run",
            hint="Name the pull request: `--pr NUMBER`.",
        )
    with event.described(environment) as about:
        return Run.of(about["workflow_run"])


def _stale(run: Run, pull: dict[str, Any] | None) -> str:
    """Why this run is not the one to judge by; empty when it is."""
    if run.event == "merge_group":
        return ""
    if pull is None:
        return f"no open pull request to main has the head {run.head[:12]}."
    if pull["state"] != "open" or pull["base"]["ref"] != "main":
        return f"the pull request {pull['number']} is not open, or not to main."
    if pull["head"]["sha"] != run.head:
        return (
            f"the pull request {pull['number']} is at {pull['head']['sha'][:12]}, and this run is "
            f"of {run.head[:12]}."
        )
    return ""


def _fork(pull: dict[str, Any] | None) -> bool:
    if pull is None:
        return False
    theirs = (pull["head"].get("repo") or {}).get("full_name")  # none: the fork is gone
    return bool(theirs != pull["base"]["repo"]["full_name"])


def _with_artifact(about: Received, api: Api, run: Run, into: Path) -> Received:
    """Unpack the artifact, if there is one that a training would have packed."""
    found = artifacts.find(api, run.id, ARTIFACT)
    if found is None:
        return about
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        archive = Path(scratch) / "artifact.zip"
        try:
            about = replace(about, artifact=artifacts.download(api, found, archive, BYTES))
            unzip(archive, into / PARCEL)
            Parcel.read(into / PARCEL)
        except (Refused, Unreachable, GaveUp):
            raise
        except MainlineError as error:
            remove(into / PARCEL)
            return replace(about, refused=str(error))
    return about
