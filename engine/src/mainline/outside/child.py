"""The process that judges: it holds no token, and imports nothing of the proposal.

Started by `judging`, with the proposal's directory, that of main's code, the base
revision, and whether a better model is asked for.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout

RETRAIN = "retrain"


class Refusing(MetaPathFinder):
    """Makes an import of a file below a folder an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None: another finder imports it. Raises MainlineError when it lies below the folder."""
        found = PathFinder.find_spec(name, path, target)
        places = [found.origin, *(found.submodule_search_locations or ())] if found else []
        for place in places:
            if place and Path(place).resolve().is_relative_to(self.folder):
                raise MainlineError(f"the judge would run code of the proposal: {name}, {place}.")
        return None


def main(model: Path, code: Path, base: str, *, retrain: bool) -> None:
    """Judge the model in the directory `model`; write verdict and comment below it."""
    sys.meta_path.insert(0, Refusing(Layout(model).top))
    from mainline.pipeline.judge import judge  # noqa: PLC0415  imported under the guard

    judge(model, against=base, retrain=retrain, in_ci=True, code=code)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], retrain=RETRAIN in sys.argv[4:])
