"""The engine that runs, as `engine.yaml` names it."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.lock import build, closures
from mainline.lock.engine_file import NAME, EngineFile
from mainline.lock.refusal import refuse
from mainline.stages import STAGES


def engine() -> EngineFile:
    """The engine that runs; in a source tree its closures are found anew.

    Raises MainlineError when an installed file is not what the wheel held: no other machine could
    have that engine.
    """
    if closures.editable():
        build.build()
    found = closures.read()
    stages = {name: closure.now() for name, closure in found.stages.items()}
    edited = [name for name, closure in found.stages.items() if closure.hash != stages[name]]
    if edited:
        raise MainlineError(
            f"files of the installed engine were edited: {', '.join(edited)} would run on other "
            f"code than that of version {found.version}.",
            where=closures.ENGINE,
            hint="Install it again: `rm -rf .venv`, then `make setup`.",
        )
    return EngineFile(found.version, stages)


def write(root: Path, here: EngineFile) -> bool:
    """Write `engine.yaml` and say so. Returns whether it said something else before."""
    written = here.write(root)
    if written:
        print(f"{NAME} names engine {here.version} and its code for each stage", flush=True)
    return written


def ready(root: Path) -> None:
    """Before the pipeline runs: a source tree's `engine.yaml` is written, any other is checked.

    Raises MainlineError as `refuse` does.
    """
    if closures.editable():
        write(root, engine())
    else:
        refuse(root, STAGES)
