"""The suggestion at the end of a run."""

from typing import Any

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.outputs import remote_name
from mainline.dvc.repro import generated
from mainline.gate.verdict import Verdict
from mainline.git import Git, below


def next_step(git: Git, verdict: Verdict) -> str:
    """The next step for the user, as text."""
    if not verdict.open:
        return f"read why in {Layout.comment}, change params, data or code, and run again"
    head = git.resolve("HEAD")
    changed = [path for path, _, _ in git.changed("HEAD")] if head else []
    if head and not changed:
        return "nothing has changed; edit params.yaml or src, then run again"
    released = head and git.show(head, Layout.lock)
    if released and changed and all(below(path, generated(git.root)) for path in changed):
        if _made_of(released) != _made_of(Layout(git.root).lock.read_text(encoding="utf-8")):
            return _propose(git, verdict)  # committed before the pipeline ran, or a lock of no use
        if news := _answered_differently(git, str(head)):
            return news
        return (
            "only generated files differ from the last commit: it was made on another CPU class, "
            "GPU or Python minor version. There is nothing to propose. Restore them: "
            f"`git checkout -- {' '.join(generated(git.root))}`"
        )
    return _propose(git, verdict)


def _made_of(lock: str) -> dict[str, Any] | None:
    """The inputs of each stage in a `dvc.lock`: command, parameters and external dependencies.

    None when the text cannot be parsed, for example because of conflict markers.
    """
    try:
        stages = read_yaml(lock, name=str(Layout.lock)).get("stages")
    except MainlineError:
        return None
    if not isinstance(stages, dict):
        return None
    stages = {name: stage for name, stage in stages.items() if isinstance(stage, dict)}
    made = {out["path"] for stage in stages.values() for out in stage.get("outs", [])}
    return {
        name: (
            stage.get("cmd"),
            stage.get("params"),
            [dep for dep in stage.get("deps", []) if dep["path"] not in made],
        )
        for name, stage in stages.items()
    }


def _propose(git: Git, verdict: Verdict) -> str:
    on_main = git.branch() in ("", "main")
    branch = "git switch -c my-change && " if on_main else ""
    shared = "`dvc push` (so that CI need not train), " if remote_name(git.root) else ""
    how = f"propose it: {branch}git add -A && git commit, {shared}git push, open a PR"
    if not verdict.here_alone:
        return how
    if shared:
        first = "push it to the DVC remote from the machine that trained it"
    else:
        first = "first set up a DVC remote, in a separate proposal (docs/continuous-integration.md)"
    return (
        f"CI needs main's model, which is neither in the cache nor in a remote: {first}. Then {how}"
    )


def _answered_differently(git: Git, head: str) -> str:
    """What to do when the table differs although no input changed; empty when it does not differ.

    A function is a computation: its rows differ only on another machine.
    """
    if config.read_params(git.root)["data"]["source"]["kind"] == "python":
        return ""
    text = git.show(head, Layout.catalogue)
    before = read_yaml(text, name=str(Layout.catalogue)) if text else {}
    now = read_json(Layout(git.root).catalogue, made_by="dvc repro ingest")
    if before.get("content") == now["content"]:
        return ""
    return (
        "THE SOURCE HAS CHANGED since this commit was made: "
        f"{before.get('rows', 'no')} rows then, {now['rows']} now, so the model differs. "
        f"That is a proposal of its own: look at `git diff {Layout.catalogue}`, set another "
        "data.as_of, run again and propose it; or "
        f"`git checkout -- {' '.join(generated(git.root))}` and restore the earlier "
        "table from a DVC remote"
    )
