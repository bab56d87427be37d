"""`dvc repro` seen by everybody: on the terminal as it runs, its end in the comment if it fails."""

import re
import subprocess
import sys
from collections import deque
from pathlib import Path

from customer_churn import dvc_main
from customer_churn.loop.pipeline import end, environment
from customer_churn.loop.recover import recover
from customer_churn.proposal.ran import Ran, Stopped
from customer_churn.proposal.secrets import masked, withheld
from customer_churn.snapshots import keep

KEPT = 30
_RUNS = re.compile(r"Running stage '([^']+)'")
_FAILED = re.compile(r"failed to reproduce '([^']+)'")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def train(root: Path, *, pull: bool) -> Ran:
    """Bring the pipeline up to date; what the run cache has is taken from there."""
    command = [sys.executable, *dvc_main.COMMAND, "repro", *(["--pull"] if pull else [])]
    last: deque[str] = deque(maxlen=KEPT)
    stages: list[str] = []
    failed = ""
    recover(root)
    keep.prepare(root)
    with subprocess.Popen(
        command,
        cwd=root,
        env=withheld(environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        close_fds=False,  # as in `reproduce`
    ) as running:
        try:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                plain = _COLOUR.sub("", line).rstrip().rsplit("\r", 1)[-1]
                stages += _RUNS.findall(plain)
                failed = next(iter(_FAILED.findall(plain)), failed)
                if plain:
                    last.append(plain)
        except BaseException:
            end(running)
            raise
    if not running.returncode:
        return Ran(stages)
    failed = failed or next(iter(stages[-1:]), "")
    return Ran(stages, Stopped(failed, [masked(line) for line in last]))
