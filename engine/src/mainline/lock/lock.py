"""The command `lock`: `engine.yaml` names the engine that runs."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.lock.engine_file import NAME, EngineFile
from mainline.lock.running import engine, write


def run(root: Path, *, check: bool = False) -> None:
    """Write `engine.yaml`, or with `check` say whether it is up to date.

    Raises MainlineError outside of a project and, with `check`, when it is not.
    """
    pipeline = Layout(root).pipeline
    if not pipeline.is_file():
        raise MainlineError("does not exist, so this is not a project.", where=pipeline)
    here = engine()
    if check:
        named = EngineFile.read(root)
        if named != here:
            changed = here.other_code(named)
            raise MainlineError(
                f"is out of date for {', '.join(changed) or 'no stage, only in its version'}.",
                found=f"engine {named.version}",
                expected=f"engine {here.version}",
                where=NAME,
                hint="`mainline lock` writes it.",
            )
    if check or not write(root, here):
        print(f"{NAME} is up to date: engine {here.version}", flush=True)
