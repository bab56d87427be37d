"""Is `dvc.lock` the record of this pipeline, these files and this code?"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc import extension_deps
from mainline.dvc.outputs import outputs
from mainline.dvc.repro import GENERATED
from mainline.dvc.scope import scope
from mainline.gate.verdict import Rule
from mainline.git import below
from mainline.lock.engine_file import NAME as ENGINE
from mainline.lock.refusal import refuse, same_version
from mainline.process.children import ending
from mainline.stages import STAGES

# What merging has to keep within DVC's reach: the next proposal is compared with it.
KEPT = (Layout.table, Layout.split, Layout.saved_model, Layout.image)
IDLE = ("frozen", "always_changed")  # what makes `dvc status` look elsewhere


@contextmanager
def started_status(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """`dvc status`, under way. It does not outlive the block when that breaks off."""
    with ending(
        subprocess.Popen(
            [sys.executable, "-P", "-m", "dvc", "status", "--json", *scope(root)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    ) as running:
        yield running


def rule(root: Path, status: "subprocess.Popen[str]", *, same_engine: bool = True) -> Rule:
    """Every stage is defined, locked and up to date; with `same_engine` by the one that runs."""
    try:
        changed = outdated(status)
        if same_engine:
            same_version(root)
            refuse(root, STAGES)
        incomplete = _incomplete(root)
        if incomplete:
            return Rule.judged("pipeline", False, incomplete)
        for name in STAGES:
            extension_deps.check(root, name)
    except MainlineError as error:
        return Rule.judged("pipeline", False, str(error))
    if changed:
        names = ", ".join(changed)
        why = f"{Layout.lock} is out of date for {names}: run `make run` and commit the result."
        return Rule.judged("pipeline", False, why)
    return Rule.judged(
        "pipeline", True, f"{Layout.lock} describes the code and files that are here"
    )


def outdated(status: "subprocess.Popen[str]") -> list[str]:
    """The stages that would run again. Raises MainlineError when DVC cannot say."""
    said, complaint = status.communicate()
    try:
        if status.returncode == 0:
            return sorted(json.loads(said))
    except ValueError:
        pass
    raise MainlineError(f"`dvc status` failed: {complaint.strip()[-300:]}")


def _incomplete(root: Path) -> str:
    """What `dvc status` would not miss; empty when nothing is."""
    defined, locked = _stages(root, Layout.pipeline), _stages(root, Layout.lock)
    for name in STAGES:
        if unsure := _unsure(name, defined.get(name), locked, Layout(root).seen(ENGINE)):
            return unsure
    stray = [path for path in _uncached(defined) if not below(path, GENERATED)]
    if stray:
        return (
            f"{Layout.pipeline}: {stray[0]} is not cached, and the bot does not commit it: put it "
            "below metrics/ or plots/."
        )
    known = outputs(locked)
    lost = [path.as_posix() for path in KEPT if path.as_posix() not in known]
    if lost:
        return f"{Layout.lock} names no {lost[0]}, so the next proposal could not be compared."
    return ""


def _unsure(name: str, stage: Any, locked: dict[str, Any], engine: str) -> str:
    """Why the record of a stage says too little; empty when it does not."""
    if not isinstance(stage, dict):
        return f"{Layout.pipeline} has no stage '{name}', so nothing vouches for what it makes."
    idle = [key for key in IDLE if stage.get(key)]
    if idle:
        return f"{Layout.pipeline}: the stage '{name}' is {idle[0]}, so it is not checked."
    if not _names_engine(stage, name, engine):
        return (
            f"{Layout.pipeline}: the params of stage '{name}' lack `{engine}: [stages.{name}]`, so "
            "other code of the engine would not run it again."
        )
    if name not in locked:
        return f"{Layout.lock} has no stage '{name}': run `make run` and commit the result."
    return ""


def _names_engine(stage: dict[str, Any], name: str, engine: str) -> bool:
    """Whether DVC compares the stage's hash in `engine.yaml`."""
    files = [entry for entry in stage.get("params") or [] if isinstance(entry, dict)]
    return any(f"stages.{name}" in (entry.get(engine) or []) for entry in files)


def _uncached(defined: dict[str, Any]) -> Iterator[str]:
    """Outputs that git has to keep, of every stage, a person's own included."""
    for stage in defined.values():
        for kind in ("outs", "metrics", "plots"):
            for entry in stage.get(kind, []) if isinstance(stage, dict) else []:
                for path, options in entry.items() if isinstance(entry, dict) else ():
                    if isinstance(options, dict) and options.get("cache") is False:
                        yield str(path)


def _stages(root: Path, path: Path) -> dict[str, Any]:
    try:
        text = (root / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MainlineError(f"{path} cannot be read: {error}") from None
    stages = read_yaml(text, name=str(path)).get("stages")
    return stages if isinstance(stages, dict) else {}
