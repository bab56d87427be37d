"""`dvc repro`, with our own commands in reach and nothing sent to anyone."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

from customer_churn import dvc_main, interrupt
from customer_churn.core.errors import UserError
from customer_churn.hush import hushed
from customer_churn.loop import early
from customer_churn.loop.recover import recover
from customer_churn.proposal.probe import SILENT, trouble
from customer_churn.snapshots import keep
from customer_churn.stored import remote_name
from customer_churn.without_gc import without_gc

GENERATED = (
    "dvc.lock",
    "data/catalogue.json",
    "metrics",
    "plots",
    "k8s/overlays/staging/release.yaml",
)
PATIENCE = 10  # seconds, for a process that was asked to stop
AFTERWARDS = ("customer_churn.loop.judge", "customer_churn.serving.ask")


class StageFailedError(UserError):
    """A stage has failed, and has said why itself."""


def reproduce(
    root: Path, *, source: Path | None = None, then: Callable[[], object] = lambda: None
) -> None:
    """Bring the pipeline up to date; its stages speak for themselves on the terminal.

    `source` is a `src` folder to take our code from instead of the installed one. `then` is called
    as soon as every stage has succeeded, while imports may still take a core. Raises
    StageFailedError when a stage fails; what it said stands above.
    """
    recover(root)
    keep.prepare(root)
    remote = remote_name(root)
    # What somebody has trained is not trained again. A remote may refuse to be listed yet give
    # files, so only silence is believed at once: DVC would wait for minutes, file by file.
    said = trouble(root, remote, environment()) if remote else ""
    without = f"The DVC remote '{remote}' does not answer ({said}); on without it."
    pull = bool(remote) and not said.startswith(SILENT)
    if remote and not pull:
        print(without, flush=True)
    code = _repro(root, source, then, pull=pull)
    if code > 0 and pull and said:
        print(without, flush=True)
        code = _repro(root, source, then, pull=False)
    if code < 0:
        raise UserError(
            f"the pipeline was ended from outside (signal {-code}); a machine without memory left "
            "does that as well. Run the same command again: finished stages are kept."
        )
    if code:
        aside = " Was it the remote that failed? `dvc repro` goes on without it." if remote else ""
        raise StageFailedError(
            "the pipeline stopped at the error above. Nothing was judged or released; mend it and "
            f"run the same command again: finished stages are kept.{aside}"
        )


def _repro(root: Path, source: Path | None, then: Callable[[], object], *, pull: bool) -> int:
    """The exit code of `dvc repro`; what comes after it is imported meanwhile."""
    command = [sys.executable, *dvc_main.COMMAND, "repro", *(["--pull"] if pull else [])]
    before = early.watched(root)
    interrupt.check()  # what is not started need not be ended
    # Whoever keeps others out of this checkout hands that on: see `one_run`.
    pipeline = subprocess.Popen(command, cwd=root, env=environment(source), close_fds=False)
    with ThreadPoolExecutor(max_workers=1) as beside:
        following = beside.submit(lambda: pipeline.wait() or then())
        try:
            with hushed(), without_gc():
                # What comes next takes seconds to import, which DVC's own seconds can hide.
                for name in AFTERWARDS:
                    importlib.import_module(name)
            interrupt.check()
            early.until_end(root, pipeline, before)
            wait([following])  # in here: whatever Ctrl-C meets, what was started is known
        except BaseException:  # Ctrl-C most often, which has reached the pipeline as well
            end(pipeline)
            raise
    if not pipeline.returncode:
        following.result()
    return pipeline.returncode


def end(process: "subprocess.Popen[Any]") -> None:
    """Wait for a process that was asked to stop; insist when it goes on.

    Neither it nor what it has started outlives us: a stage ends when DVC is gone, see `orphan`.
    """
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  it comes with DVC

    below: list[Any] = []
    for insist in (None, process.terminate, process.kill):
        if insist is not None:
            with suppress(psutil.Error):
                below += psutil.Process(process.pid).children(recursive=True)
            insist()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=PATIENCE)
            break
    psutil.wait_procs(below, timeout=PATIENCE)


def environment(source: Path | None = None) -> dict[str, str]:
    """This process's environment with this Python's commands first on PATH."""
    commands = Path(sys.executable).parent
    values = os.environ | {
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
        "DVC_NO_ANALYTICS": "1",
    }
    if source is not None:
        values["PYTHONPATH"] = str(source)
    return values
