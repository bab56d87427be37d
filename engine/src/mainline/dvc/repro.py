"""Runs `dvc repro`. All callers use this module."""

import importlib
import re
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.layout import Layout
from mainline.dvc import command as dvc_main
from mainline.process.children import ending
from mainline.process.imports import importing

# Of a model, in its directory. `engine.yaml` is of all models.
GENERATED = tuple(
    map(str, (Layout.lock, Layout.catalogue, Layout.metrics, Layout.plots, Layout.release))
)
KEPT = 30  # last lines of the output, for the comment
_RUNS = re.compile(r"Running stage '([^']+)'")
_FAILED = re.compile(r"failed to reproduce '([^']+)'")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def generated(root: Path) -> tuple[str, ...]:
    """What `mainline run` writes and git keeps, as seen from the model's directory."""
    return (Layout(root).seen(Layout.engine), *GENERATED)


def _import(names: Sequence[str]) -> None:
    with importing():
        for name in names:
            importlib.import_module(name)


def repro(
    root: Path,
    *options: str,
    variables: dict[str, str],
    python: str | Path = sys.executable,
    quoted: bool = False,
    meanwhile: Sequence[str] = (),
) -> list[str]:
    """Run `dvc repro` with `options`. Its stages print to the terminal.

    `quoted` also reads the output: then the stages that ran are returned, and an error has the last
    lines. `meanwhile` are modules to import in a thread while DVC works; Ctrl-C does not interrupt
    these imports. DVC ends with this call. Raises StageFailedError when a stage fails,
    MainlineError when DVC was killed.
    """
    command = [str(python), *dvc_main.COMMAND, "repro", *options]
    last: deque[str] = deque(maxlen=KEPT)
    stages: list[str] = []
    failed = ""
    with (
        ThreadPoolExecutor(max_workers=1) as beside,
        _started(command, root, variables, quoted=quoted) as running,
    ):
        loading = beside.submit(_import, meanwhile)  # after DVC's start: it redirects stderr
        with running.stdout or nullcontext(()) as printed:
            for line in printed:
                print(line, end="", flush=True)
                plain = _COLOUR.sub("", line).rstrip().rsplit("\r", 1)[-1]
                stages += _RUNS.findall(plain)
                failed = next(iter(_FAILED.findall(plain)), failed)
                if plain:
                    last.append(plain)
        code = running.wait()
    if code < 0:
        raise MainlineError(
            f"the pipeline was killed (signal {-code}). The machine may have run out of memory.",
            hint="Run the same command again: finished stages are kept.",
        )
    if code:
        raise StageFailedError(
            "the pipeline stopped at the error above. Nothing was judged or released.",
            stage=failed or next(iter(stages[-1:]), ""),
            lines=list(last),
            hint="Fix it and run the same command again: finished stages are kept.",
            ran=stages,
        )
    loading.result()
    return stages


def _started(
    command: list[str], root: Path, variables: dict[str, str], *, quoted: bool
) -> AbstractContextManager["subprocess.Popen[str]"]:
    return ending(
        subprocess.Popen(
            command,
            cwd=root,
            env=variables,
            stdout=subprocess.PIPE if quoted else None,
            stderr=subprocess.STDOUT if quoted else None,
            text=True,
            errors="replace",
            close_fds=False,  # DVC inherits the lock of `one_run`
        )
    )
