"""How the gate's tests judge: by a whole decision, or by one rule of a model that is at hand."""

import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from mainline.core.files import read_json, write_json
from mainline.core.layout import Layout
from mainline.data.catalogue import content_hash
from mainline.gate import (
    alternatives,
    integrity,
    latency,
    pipeline,
    repackaged,
    rows,
    source,
    stability,
)
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.decide import decide
from mainline.gate.verdict import Rule, Verdict
from mainline.git import Git
from mainline.project import PYPROJECT
from project import Project

EXPORTED = ("params.yaml", "models", "dist/model", "src")  # what the rule `repackaged` reads
CLEAN = SimpleNamespace(communicate=lambda: ("{}", ""), returncode=0)
READ = ("data", "metrics", "models", "plots", "dist", "k8s", "src")


def once(compute: Callable[[Candidate], Any], *names: str) -> Callable[[Candidate], Any]:
    """The function `compute`, which reads the files `names`: once for the same bytes."""
    known: dict[str, Any] = {}

    def found(candidate: Candidate) -> Any:
        seen = hashlib.sha256()
        for name in names:
            path = candidate.root / name
            for each in sorted(path.rglob("*") if path.is_dir() else [path]):
                if each.is_file() and each.suffix != ".pyc":
                    content = each.read_bytes()
                    seen.update(f"{each.relative_to(candidate.root)} {len(content)} ".encode())
                    seen.update(content)
        key = seen.hexdigest()
        if key not in known:
            known[key] = compute(candidate)
        return known[key]

    return found


_exported = once(repackaged.rule, *EXPORTED)
_contenders = once(Candidate.contenders.func, *EXPORTED, "data/table.parquet")
INTEGRITY = {
    "graph": integrity.graph,
    "repackaged": _exported,
    "bytes": integrity.model_bytes,
    "data": lambda candidate: rows.data(candidate, None, []),
    "validation": rows.validation,
    "split": rows.split,
    "figures": integrity.figures,
    "card": integrity.model_card,
}


def judge(
    project: Project, *, retrain: bool = False, in_ci: bool = True, status: bool = False
) -> Verdict:
    """A whole decision, against main; latency and stability are measured more briefly than usual.

    What else could ship is not timed: test_alternatives.py does it. What takes longest, to export
    the weights again and to score with what else could ship, is done once for the same files.
    `status` runs the real `dvc status`, which takes a second; without it nothing is out of date.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latency, "SECONDS", latency.SECONDS / 10)
        patch.setattr(stability, "ROWS", 500)
        patch.setattr(alternatives, "cost", lambda *_: {"p99_ms": 1.0, "rows_per_second": 1000})
        patch.setattr(repackaged, "rule", _exported)
        patch.setattr(Candidate, "contenders", property(_contenders))
        if not status:
            patch.setattr(pipeline, "started_status", lambda _: nullcontext(CLEAN))
        return decide(Git(project.root), "main", retrain=retrain, in_ci=in_ci)


def rule(verdict: Verdict, name: str) -> Rule:
    """The one rule of this name."""
    found = [rule for rule in verdict.rules if rule.name == name]
    assert len(found) == 1, f"{name} in {[rule.name for rule in verdict.rules]}"
    return found[0]


def failed(verdict: Verdict) -> list[str]:
    return [rule.name for rule in verdict.rules if rule.outcome == "fail"]


def knowing(root: Path, **known: Any) -> Candidate:
    """A candidate for which these properties have been computed already."""
    candidate = Candidate(root)
    candidate.__dict__.update(known)
    return candidate


def light_copy(known: Candidate, root: Path) -> Candidate:
    """The files that rules read, copied to be forged; what `known` has computed is kept."""
    for name in (Layout.params, PYPROJECT):
        shutil.copy2(known.root / name, root)
    for name in READ:
        shutil.copytree(known.root / name, root / name)
    return knowing(root, **{k: v for k, v in vars(known).items() if k != "root"})


def append(candidate: Candidate, module: str, text: str) -> None:
    path = candidate.root / f"src/small/{module}.py"
    path.write_text(path.read_text() + text)


def edit(path, key, value):
    about = json.loads(path.read_text())
    *parents, last = key.split(".")
    functools.reduce(dict.__getitem__, parents, about)[last] = value
    path.write_text(json.dumps(about))


def data_rule(project: Project, base: str = "main") -> tuple[Rule, list[str]]:
    """The rule `data` with the source asked, and what a reviewer is told."""
    candidate, git, notes = Candidate(project.root), Git(project.root), []

    def asked() -> Rule:
        return rows.data(candidate, lambda: source.ask(candidate, git, git.known(base)), notes)

    return integrity.attempt("data", asked), notes


def forge_the_table(project: Project) -> None:
    """Another income in every row, and a catalogue that vouches for it."""
    path = Layout(project.root).table
    frame = pd.read_parquet(path)
    frame["income"] *= 2
    frame.to_parquet(path, index=False)
    about = read_json(Layout(project.root).catalogue, made_by="the test")
    write_json(Layout(project.root).catalogue, about | {"content": content_hash(frame)})


def lose_a_row(path: Path) -> None:
    """Write a Parquet file anew without its first row."""
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)


def refused(project: Project) -> str:
    """Why the rule `data` closes; empty when it passes."""
    found, _ = data_rule(project)
    return found.why if found.outcome == "fail" else ""


@dataclass(frozen=True)
class AtHand(Champion):
    """A champion whose bytes and rows lie in a directory: DVC is not asked."""

    root: Path = Path()

    @contextmanager
    def model(self) -> Iterator[Path]:
        yield Layout(self.root).saved_model

    def table(self) -> pd.DataFrame:
        return pd.read_parquet(Layout(self.root).table)
