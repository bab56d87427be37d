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
            raise MainlineError(
                f"another engine runs than the one it names for stage '{stage}'.",
                found=f"engine {here.version}, code {runs[:SHOWN]}, in {closures.ENGINE}",
                expected=f"engine {named.version}, code {named.stages[stage][:SHOWN]}",
                where=NAME,
                hint="`mainline lock` takes the engine as it is, and `make run` calls it."
                if closures.editable()
                else "`make setup` installs the engine of requirements/engine.txt; "
                "`mainline lock` takes the one that is installed.",
            )
