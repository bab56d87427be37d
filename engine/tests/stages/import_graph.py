"""What a stage imports, found in the source, as the paths that `dvc.yaml` has to name."""

from functools import cache
from pathlib import Path

import grimp

import mainline
from mainline.stages import STAGES

PACKAGE = mainline.__name__
SOURCE = Path(mainline.__file__).parent


def dependencies(stage: str) -> set[str]:
    """Folders (with all that they hold) and top-level files that `stage` imports, in any depth."""
    return {_path(module) for module in imported(STAGES[stage]) | {PACKAGE}}


def imported(module: str) -> set[str]:
    """The module and all that it imports, in any depth."""
    graph = _graph()
    found = {module}
    waiting = list(found)
    while waiting:
        more = graph.find_modules_directly_imported_by(waiting.pop())
        waiting += more - found
        found |= more
    return found


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, cache_dir=None)


def _path(module: str) -> str:
    parts = module.split(".")[1:]
    if not parts:
        return f"src/{PACKAGE}/__init__.py"
    folder = SOURCE / parts[0]
    return f"src/{PACKAGE}/{parts[0]}" + ("" if folder.is_dir() else ".py")
