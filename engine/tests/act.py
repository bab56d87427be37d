"""Runs a workflow with `act` in host mode: no Docker, nothing downloaded, nothing of GitHub's.

Triggers, conditions, expressions, needs, outputs, environments and shell lines are the workflow's
own. `permissions`, `concurrency` and `timeout-minutes` have no meaning in here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import stand_ins

DROPPED = ("ACT", "CI", "GITHUB_", "GIT_", "MAKE", "MLFLOW_", "PYTHON", "RUNNER_", "VIRTUAL_ENV")
TIMEOUT = 300.0


@dataclass(frozen=True)
class Done:
    """How each job ended that was not skipped, and what was said.

    The jobs are read, because `act` ends well too when it has run none.
    """

    jobs: dict[str, str]
    log: str
    seconds: float
    artifacts: dict[str, bytes] = field(default_factory=dict)  # zip files by name

    def __add__(self, other: "Done") -> "Done":
        """Two runs, one after the other."""
        return Done(
            self.jobs | other.jobs,
            f"{self.log}\n{other.log}",
            self.seconds + other.seconds,
            self.artifacts | other.artifacts,
        )

    def saying(self, text: str) -> set[str]:
        """The jobs in whose logs a text stands."""
        lines = [line for line in self.log.splitlines() if text in line]
        return {line.partition("]")[0].lstrip("[") for line in lines}

    @property
    def stages(self) -> list[str]:
        """Those of the pipeline that ran, in order."""
        return re.findall(r"^\[train\] Running stage '(\w+)'", self.log, re.MULTILINE)


@dataclass(frozen=True)
class Act:
    """Workflows, run below `scratch`; `environment` is what GitHub would set otherwise.

    `token` is the job's own; `secrets` are those of the repository and of its environments. `runs`
    are those since somebody cleared the list.
    """

    scratch: Path
    environment: dict[str, str]
    token: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    runs: list[Done] = field(default_factory=list)

    def run(self, name: str, checkout: Path, event: str, about: dict, **variables: str) -> Done:
        """Run one as for `event`, with `checkout` at the commit that it is about."""
        workflow = checkout / f".github/workflows/{name}.yml"
        path = self.scratch / "event.json"
        path.write_text(json.dumps(about))
        options = {"--workflows": [workflow], "--eventpath": [path]}
        options["--platform"] = ["ubuntu-latest=-self-hosted"]
        secrets = {"GITHUB_TOKEN": self.token, **self.secrets}
        options["--secret"] = [f"{name}={value}" for name, value in secrets.items()]
        options["--var"] = [f"{name}={value}" for name, value in variables.items()]
        artifacts = self.scratch / "artifacts"
        shutil.rmtree(artifacts, ignore_errors=True)
        artifacts.mkdir()
        told = {"GIT_TERMINAL_PROMPT": "0", "ARTIFACTS": str(artifacts)}  # steps have a terminal
        told |= self.environment
        options["--env"] = [f"{name}={value}" for name, value in told.items()]
        places = stand_ins.write(workflow.parent, self.scratch / "actions")
        options["--local-repository"] = [f"{name}={place}" for name, place in places.items()]
        command = [str(Path(sys.executable).parent / "act"), event, "--json", "--no-cache-server"]
        command += ["--no-skip-checkout", "--pull=false", "--remote-name=act", "--actor=ada"]
        command += ["--insecure-secrets"]  # a mask would hide that a log holds one
        command += [f"{name}={value}" for name, values in options.items() for value in values]
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=checkout,
            env=self._surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        made = {path.stem: path.read_bytes() for path in artifacts.iterdir()}
        self.runs.append(_read(done, time.monotonic() - started, made))
        return self.runs[-1]

    def _surroundings(self) -> dict[str, str]:
        """Nothing of a CI that runs these tests, and no settings of the machine's user."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith(DROPPED)}
        home = self.scratch / "home"
        home.mkdir(exist_ok=True)
        return kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}


def _read(
    done: subprocess.CompletedProcess[str], seconds: float, artifacts: dict[str, bytes]
) -> Done:
    jobs, log = {}, []
    for line in done.stdout.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            entry = {"msg": line}
        if entry.get("jobResult"):
            jobs[entry["jobID"]] = entry["jobResult"]
        log.append(f"[{entry.get('jobID', '')}] {entry['msg'].rstrip()}")
    return Done(jobs, "\n".join(log), seconds, artifacts)
