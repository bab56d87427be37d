"""The files that judge a proposal, and whether it changes them. Needs git and nothing else."""

from pathlib import Path

from mainline.core.layout import Layout
from mainline.git import Git

PACKAGE = f"src/{__package__.partition('.')[0]}"
# Whoever changes these changes how models are judged, and this very judgement ran on them.
JUDGES = (
    f"{PACKAGE}/core",
    f"{PACKAGE}/data",
    f"{PACKAGE}/evaluation",
    f"{PACKAGE}/gate",
    f"{PACKAGE}/git.py",
    f"{PACKAGE}/locked.py",
    f"{PACKAGE}/loop",
    f"{PACKAGE}/model/baseline.py",
    f"{PACKAGE}/model/preprocessing.py",
    f"{PACKAGE}/model/trained.py",
    f"{PACKAGE}/model/trees.py",
    f"{PACKAGE}/monitoring",
    f"{PACKAGE}/packaging",
    f"{PACKAGE}/process",
    f"{PACKAGE}/proposal",
    f"{PACKAGE}/release",
    f"{PACKAGE}/report",
    f"{PACKAGE}/snapshots",
    f"{PACKAGE}/server_image.py",
    f"{PACKAGE}/stages.py",
    f"{PACKAGE}/stored.py",
)


def changed(git: Git, base: str | None) -> list[str]:
    """Files that this proposal changes and that judged it."""
    if base is None:
        return []
    since = git.fork_point(base) or base
    layout = Layout(git.root)
    shared: list[Path | str] = [Layout.dvc_config, Layout.dvc_ignore, *JUDGES]
    names = [str(Layout.pipeline), *map(layout.seen, shared)]
    files = [path for path, _, _ in git.changed(since, *names)]
    changed = [name for name in names if any(f"{path}/".startswith(f"{name}/") for path in files)]
    if not changed:
        return []
    return [f"this proposal changes what judges it, so read its code: {', '.join(changed)}."]
