"""The rule `repackaged`: is the packaged model what its trained weights give?

A graph that was swapped after training has honest weights and honest sources beside it.
"""

import tempfile
from pathlib import Path
from typing import Any

from mainline.core.files import read_json, tree_files
from mainline.core.layout import Layout
from mainline.gate.candidate import Candidate
from mainline.gate.differences import TOLERANCE, first_difference
from mainline.gate.verdict import Rule
from mainline.model import runtime, trained
from mainline.packaging import package, saved_model
from mainline.serving.staged import GOLDEN

NEEDS = (Layout.trained, Layout.saved_model)
MADE_BY = "dvc repro package"


def rule(candidate: Candidate) -> Rule:
    """Export the trained weights again. All files but the golden rows are equal, byte for byte.

    Golden rows hold scores, which another CPU class computes a little differently. This runs the
    project's network.py and features.py, and reads `NEEDS` and settings alone, no rows.
    """
    there = Layout(candidate.root).saved_model
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch) / "model"
        runtime.deterministic(0)  # as stage `package`
        model = trained.load(candidate.root, candidate.table)
        saved_model.export(model, again)
        package.write_extra(model, candidate.package, again / package.EXTRA)
        for name in sorted({*tree_files(there), *tree_files(again)} - {GOLDEN}):
            if _content(there / name) != _content(again / name):
                return _closed(f"{Layout.saved_model / name} is not what the weights give")
        shown, made = (_keyed(read_json(at / GOLDEN, made_by=MADE_BY)) for at in (there, again))
        different = first_difference(
            shown, made, lambda at: TOLERANCE * model.target.scale * (".score" in at)
        )
    if different:
        return _closed(f"{Layout.saved_model / GOLDEN}: {different.rstrip('.')}")
    return Rule.judged("repackaged", True, "exported again from the weights: the same bytes")


def _closed(why: str) -> Rule:
    return Rule.judged("repackaged", False, f"{why}; `{MADE_BY}` writes it.")


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _keyed(value: Any) -> Any:
    """Lists as mappings, whose values are then compared one by one."""
    if isinstance(value, list):
        return {str(place): _keyed(each) for place, each in enumerate(value)}
    return {key: _keyed(each) for key, each in value.items()} if isinstance(value, dict) else value
