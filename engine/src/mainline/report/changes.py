"""The changes of a proposal in settings, data and code, compared with the base commit."""

import json
from pathlib import Path
from typing import Any

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.gate.changes import changed_keys
from mainline.git import Git
from mainline.lock.engine_file import NAME as ENGINE
from mainline.lock.engine_file import EngineFile
from mainline.report.markdown import clip, code, table

VALUE = 120  # characters of a value that are shown: one long list must not fill the comment
TARGET = ("positives", "classes", "target")  # one of them, by the task
SHARES = ("null_share", "mean", "distinct")


def lines(git: Git, base: str, verdict: dict[str, Any]) -> list[str]:
    """Markdown lines; a base without the file in question counts as having had nothing."""
    if not base or git.show(base, Layout.catalogue) is None:
        return ["Main has no snapshot and no model yet: everything is new."]
    settings = _settings(git, base)
    # If the columns were compared, the section on data checks shows them.
    rows = _data(git, base, columns=not verdict.get("data"))
    layout = Layout(git.root)
    code_of = [layout.seen(Layout.source), str(Layout.pipeline), layout.seen(Layout.train_lock)]
    changed = git.changed(base, *code_of) if base else []
    files = [[code(path), f"+{added}", f"-{removed}"] for path, added, removed in changed]
    engine = _engine(git, base)
    return [
        *_part("Settings", ["key", "main", "here"], settings, "`params.yaml` is the same."),
        *_part("Data", ["what", "main", "here"], rows, "The table is the same."),
        *_part("Code", ["file", "added", "removed"], files, "No file that a model depends on."),
        *([engine, ""] if engine else []),
    ]


def _part(name: str, header: list[str], rows: list[list[str]], none: str) -> list[str]:
    return [f"**{name}**", "", *(table(header, rows) if rows else [none]), ""]


def _settings(git: Git, base: str) -> list[list[str]]:
    text = git.show(base, Layout.params) if base else None
    old = read_yaml(text, name=f"{Layout.params} at {base[:12]}") if text else {}
    new = config.read_params(git.root)
    return _rows(changed_keys(old, new))


def _engine(git: Git, base: str) -> str:
    """One sentence about another engine; empty when it is the same, or one is not on record."""
    try:
        there = git.show(base, Path(Layout(git.root).seen(ENGINE)))
        old = EngineFile.parse(there or "", name=ENGINE)
        new = EngineFile.read(git.root)
    except MainlineError:  # the gate says what is wrong with ours
        return ""
    if old == new:
        return ""
    stages = ", ".join(new.other_code(old))
    code_of = f"other code for {stages}" if stages else "the same code for every stage"
    return f"**Engine** {old.version} on main, {new.version} here: {code_of}."


def _data(git: Git, base: str, *, columns: bool) -> list[list[str]]:
    text = git.show(base, Layout.catalogue) if base else None
    old = _summary(json.loads(text)) if text else {}
    new = _summary(_catalogue(git.root))
    if not columns:
        old, new = ({k: v for k, v in each.items() if k != "columns"} for each in (old, new))
    return _rows(changed_keys(old, new))


def _rows(changed: list[tuple[str, str, str]]) -> list[list[str]]:
    return [[code(clip(part, VALUE)) for part in row] for row in changed]


def _catalogue(root: Path) -> Any:
    try:
        return json.loads(Layout(root).catalogue.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MainlineError(f"{Layout.catalogue} cannot be read ({error}); `dvc repro`.") from None


def _summary(catalogue: dict[str, Any]) -> dict[str, Any]:
    """The catalogue's values that a reviewer compares, without ranges and counts."""
    whole = {key: catalogue.get(key) for key in ("source", "as_of", "rows", "entities", *TARGET)}
    columns = {
        name: {key: about[key] for key in SHARES if key in about}
        for name, about in catalogue.get("columns", {}).items()
    }
    return whole | {"columns": columns}
