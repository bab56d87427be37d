"""The engine of a revision: the one that runs, or the revision's own source tree or wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.lock.engine_file import NAME, EngineFile
from mainline.lock.refusal import refuse
from mainline.process.children import environment
from mainline.stages import STAGES

WHEEL = "mainline_ml-*.whl"


def importable(clone: Path) -> list[Path]:
    """Folders from which the revision's engine is imported; none when it is the one that runs.

    Raises MainlineError when the code that `engine.yaml` names is in none of the three places.
    """
    named = EngineFile.read(clone)
    try:
        refuse(clone, STAGES)
    except MainlineError as error:
        other = error
    else:
        say("reproduce", f"{NAME} names the engine that runs: it is used")
        return []
    layout = Layout(clone)
    if (layout.engine_source / "mainline").is_dir():
        build(clone, sys.executable, environment(layout.engine_source))
        return [layout.engine_source]
    wheels = sorted(layout.vendor.glob(WHEEL))
    if len(wheels) != 1:
        raise MainlineError(
            f"the revision's engine is version {named.version}, and it has neither "
            f"{Layout.engine_source} nor one {Layout.vendor / WHEEL}. {other}"
        )
    say("reproduce", f"the revision's own engine is used: {Layout.vendor / wheels[0].name}")
    return [_unpacked(wheels[0], layout.top.parent / "engine")]


def build(clone: Path, python: str | Path, variables: dict[str, str]) -> None:
    """Write what git does not hold of a source tree, `closures.json`, with the revision's code.

    Does nothing without a source tree. Raises MainlineError when it cannot be written.
    """
    if not (Layout(clone).engine_source / "mainline/lock/build.py").is_file():
        return
    done = subprocess.run(
        [str(python), "-m", "mainline.lock.build"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MainlineError(f"the revision's engine cannot be built: {done.stderr.strip()[-300:]}")
    say("reproduce", f"the revision's own engine is used: {Layout.engine_source}")


def _unpacked(wheel: Path, target: Path) -> Path:
    """A wheel of Python alone is a folder of packages; git vouches for its bytes."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(target)
    except (OSError, zipfile.BadZipFile) as error:
        raise MainlineError(f"cannot be unpacked: {error}", where=wheel.name) from None
    return target
