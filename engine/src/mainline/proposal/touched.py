"""Whether a proposal touches anything that a model is made of, or that a model makes.

Also the command `touched`, by which CI finds out before it takes a machine to train on: it needs
git, PyYAML and the standard library.
"""

from pathlib import Path
from typing import Any

from mainline.core import ci
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.gate import judges
from mainline.git import MAINS, Git, below, short
from mainline.github.context import Context
from mainline.github.workflow import output
from mainline.lock import closures
from mainline.lock.engine_file import NAME as ENGINE
from mainline.lock.engine_file import EngineFile
from mainline.lock.running import engine
from mainline.proposal import no_remote, words
from mainline.report import cluster
from mainline.report.markdown import escape

# No stage reads these, and yet they decide what is read, kept and installed.
BESIDE = (Layout.dvc_config, Layout.dvc_ignore, Layout.gpu_lock, Layout.run_lock)  # of all models
OWN = (Layout.pipeline, Layout.lock, Layout.params, Layout.snapshots_dvc)
OUTPUT = "model"  # of the step: `true` when there is a model to train and judge


def run(root: Path, *, against: str | None, pr: int | None = None) -> None:
    """Print what is touched and set the step's output.

    Raises MainlineError when there is nothing to compare with; in CI also when a model is touched
    that could be kept nowhere.
    """
    base = against or Context.of(pr).base or MAINS[0]
    found = changes(root, base)
    if found and ci.in_ci():
        no_remote.refuse(Git(root), base)
    output(OUTPUT, "true" if found else "false")
    print("\n".join(found) if found else "nothing that a model depends on has changed", flush=True)


def changes(root: Path, base: str) -> list[str]:
    """As `touched`, in a repository. Raises MainlineError when it has no revision `base`."""
    git = Git(root)
    git.known(base)
    return touched(git, base)


def touched(git: Git, base: str) -> list[str]:
    """Changed paths, since the branch left `base`, that the pipeline reads or writes.

    `engine.yaml` counts when the code of a stage is another. Where the two share no history,
    everything counts as changed that differs.
    """
    watched = watched_paths(git.root)
    since = git.fork_point(base) or base
    found = [path for path, _, _ in git.changed(since) if below(path, watched)]
    return found + ([ENGINE] if _other_engine(git, since) else [])


def _other_engine(git: Git, since: str) -> bool:
    """Whether a stage runs on other code of the engine, also before `mainline lock`."""
    text = git.show(since, Path(Layout(git.root).seen(ENGINE)))
    try:
        before = EngineFile.parse(text, name=ENGINE).stages if text else None
    except MainlineError:  # what it named is not known
        return True
    own = closures.editable() and closures.ENGINE.is_relative_to(Layout(git.root).top.resolve())
    here = Layout(git.root).engine
    now = (engine() if own else EngineFile.read(git.root)).stages if own or here.exists() else None
    return now != before


def watched_paths(root: Path) -> list[str]:
    """What the stages of `dvc.yaml` read and write, beside itself, its lock and its settings.

    Raises MainlineError when there is no pipeline to read.
    """
    name = str(Layout.pipeline)
    try:
        pipeline = read_yaml((root / name).read_text(encoding="utf-8"), name=name)
    except (OSError, UnicodeDecodeError) as error:
        raise MainlineError(
            f"{name} cannot be read, so the files of a model are unknown: {error}"
        ) from None
    stages: dict[str, Any] = pipeline.get("stages", {})
    found = {path for stage in stages.values() for path in _paths(stage)}
    beside = {Layout(root).seen(name) for name in BESIDE}
    return sorted({*map(str, OWN), *beside, *found})


def untrained(git: Git, base: str) -> str:
    """The comment: documents, tests, workflows or manifests, but no model."""
    since = git.fork_point(base) or base
    lines = [
        "## ✅ No model is touched: nothing was trained or judged.",
        "",
        f"Nothing that the pipeline reads or writes differs from {short(base)}.",
        "",
        *(f"> {escape(note)}" for note in judges.changed(git, base)),
        "",
    ]
    return "\n".join(lines) + cluster.section(git, since).render(words.ROOM)


def _paths(stage: dict[str, Any]) -> list[str]:
    """An entry is a path, or a path with options."""
    kinds = ("deps", "outs", "metrics", "plots")
    entries = [entry for kind in kinds for entry in stage.get(kind, [])]
    # An entry of `params` is a key of params.yaml, or another file with its keys.
    entries += [entry for entry in stage.get("params", []) if isinstance(entry, dict)]
    names = [name for each in entries for name in (each if isinstance(each, dict) else [each])]
    return [name for name in names if Path(name).name != ENGINE]  # compared stage by stage
