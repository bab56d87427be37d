"""No stage runs on other code of the engine than `engine.yaml` names."""

from collections.abc import Iterable
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.lock import closures
from mainline.lock.engine_file import NAME, EngineFile

SHOWN = 12  # digits of a hash


def refuse(root: Path, stages: Iterable[str]) -> None:
    """Raises MainlineError when the code of one of these stages is another.

    Only the files that `closures.json` lists are read: a new import changes one of them.
    """
    named, here = EngineFile.read(root), closures.read()
    for stage in stages:
        runs = here.stages[stage].now()
        if runs != named.stages[stage]:
            raise _another(
                f"engine {here.version}, code {runs[:SHOWN]}, in {closures.ENGINE}",
                f"engine {named.version}, code {named.stages[stage][:SHOWN]}",
                f" for stage '{stage}'",
            )


def same_version(root: Path) -> None:
    """Raises MainlineError when `engine.yaml` names another version, which may judge otherwise."""
    named, here = EngineFile.read(root), closures.read()
    if named.version != here.version:
        raise _another(f"engine {here.version}", f"engine {named.version}")


def _another(found: str, expected: str, stage: str = "") -> MainlineError:
    return MainlineError(
        f"another engine runs than the one it names{stage}.",
        found=found,
        expected=expected,
        where=NAME,
        hint="`mainline lock` takes the engine as it is, and `make run` calls it."
        if closures.editable()
        else "`make setup` installs the engine of requirements/engine.txt; "
        "`mainline lock` takes the one that is installed.",
    )
