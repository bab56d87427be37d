"""What came of it beside what is committed: the same bytes, another machine's, or neither."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.outputs import outputs
from mainline.gate.differences import first_difference
from mainline.git import Git
from mainline.proposal.machine import Machine
from mainline.release.release_file import Release
from mainline.reproduce.revision import Revision

# On another CPU every step rounds otherwise: other weights, and figures that differ a little.
TOLERANCE = 5e-3


@dataclass(frozen=True)
class Outcome:
    """`files` are those whose bytes differ, `figures` the first figure that does, in words.

    `there` is None where no commit says what it was trained on; `lock` is the committed one's.
    """

    revision: Revision
    made: Release
    files: list[str]
    figures: str
    here: Machine
    there: Machine | None
    lock: str
    data: str

    @property
    def identical(self) -> bool:
        """Whether every byte is the committed one."""
        return not self.files

    @property
    def why(self) -> list[str]:
        """How the two machines differ; empty when they do not, or when no commit recorded it."""
        return self.here.differences(self.there) if self.there else []

    @property
    def open(self) -> bool:
        """Whether it is what the revision promises.

        The same bytes are promised on the same machine only, so where none is on record figures
        have to do.
        """
        return self.identical or (not self.figures and (self.there is None or bool(self.why)))


def compare(git: Git, revision: Revision, clone: Path, python: str, data: str) -> Outcome:
    """Hold what a clone made to what its revision committed.

    Raises MainlineError for half a model.
    """
    committed = git.show(revision.commit, Layout.lock) or ""
    made = Layout(clone).lock.read_text(encoding="utf-8")
    there = Machine.parse(git.trailer(revision.commit, "Trained-on"))
    # What was recorded may be about an earlier lock of the same branch.
    ours = Machine.here(committed).lock
    return Outcome(
        revision,
        Release.read(clone),
        _files(clone, committed, made),
        _figures(git, revision.commit, clone),
        Machine.here(made, python),
        there if there and there.lock == ours else None,
        ours,
        data,
    )


def _files(clone: Path, committed: str, made: str) -> list[str]:
    """Outputs that are not what the lock names, and files that are not what git holds."""
    before, after = (
        outputs(read_yaml(text, name=str(Layout.lock)).get("stages") or {})
        for text in (committed, made)
    )
    differ = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return sorted(differ | (set(Git(clone).differing("HEAD")) - {str(Layout.lock)}))


def _figures(git: Git, commit: str, clone: Path) -> str:
    text = git.show(commit, Layout.figures)
    made = _values(read_json(Layout(clone).figures, made_by="dvc repro evaluate"))
    if text is None:
        return f"{Layout.figures} is not committed"
    try:
        shown = _values(json.loads(text))
    except (ValueError, MainlineError):
        return f"the committed {Layout.figures} holds no figures"
    return first_difference(shown, made, lambda key: _apart(shown, key))


def _apart(shown: dict[str, Any], key: str) -> float:
    """How far a figure may be from the committed one: an amount's error is as large as amounts."""
    whose, _, name = key.partition(".")
    value = shown.get(whose, {}).get(name)
    return TOLERANCE * max(1.0, abs(value)) if isinstance(value, int | float) else 0.0


def _values(figures: Any) -> dict[str, Any]:
    """The model's and the baseline's, without intervals and slices: small ones move by more."""
    try:
        return {
            whose: {name: each["value"] for name, each in figures[whose].items()}
            for whose in ("model", "baseline")
        }
    except (TypeError, KeyError, AttributeError):
        raise MainlineError(f"{Layout.figures} holds no figures of model and baseline.") from None
