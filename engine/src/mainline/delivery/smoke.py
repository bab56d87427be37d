"""The command `smoke`: checks that a server serves the released model.

In a repository the release file names the model. Next to a server without a repository,
MODEL_NAME, MODEL_VERSION and MODEL_DIRECTORY name it.
"""

import os
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.delivery.evidence import TENSORFLOW_SERVING, UNKNOWN, Check, Evidence
from mainline.git import Git
from mainline.serving.answers import farthest
from mainline.serving.client import RestClient
from mainline.serving.grpc_client import GrpcClient
from mainline.serving.identity import EMBEDDED
from mainline.serving.options import GRPC_PORT
from mainline.serving.staged import GOLDEN, Golden, golden, staged_model

CALLS = 100  # calls with one row each, to measure latency
PAUSE = 1.0  # seconds between two attempts while the version is not served yet
FROM_ENVIRONMENT = ("MODEL_NAME", "MODEL_VERSION", "MODEL_DIRECTORY")


@dataclass(frozen=True)
class Expected:
    """The model that should answer, with its golden rows. `digest` is empty when unknown."""

    name: str
    version: str
    digest: str
    golden: Golden


@dataclass(frozen=True)
class Seen:
    """The checks, the server that answered, and whether it answered over gRPC."""

    checks: list[Check]
    server: str
    grpc_answered: bool

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


def run(
    root: Path,
    url: str,
    grpc: str | None,
    budget_ms: float,
    evidence: Path | None,
    *,
    wait: float = 0.0,
) -> bool:
    """Print every check, and write them to `evidence`. Returns whether all passed.

    For `wait` seconds the server may be silent or serve another version. If it does not answer at
    all, the check fails. Raises MainlineError when the expected model is unknown.
    """
    wanted = expected(root, os.environ)
    address = grpc or f"{urlsplit(url).hostname}:{GRPC_PORT}"
    seen = look(wanted, url, address, budget_ms, wait)
    for check in seen.checks:
        print(f"{'ok' if check.passed else 'FAILED':<7} {check.name}: {check.seen} ({check.bar})")
    print(f"server  {seen.server}")
    if grpc is None and not seen.grpc_answered:
        print(f"gRPC did not answer at {address} (from {url}). `--grpc` sets another address.")
    if evidence:
        found = Evidence(
            version=wanted.version,
            digest=wanted.digest,
            where=url,
            server=seen.server,
            made_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            made_by=_person(root),
            checks=seen.checks,
        )
        write_text(evidence, found.render())
    return seen.passed


def _person(root: Path) -> str:
    """The person who runs this: GitHub's actor in a workflow, else git's `user.name`."""
    actor = os.environ.get("GITHUB_ACTOR", "")
    return actor or Git(root).run("config", "user.name", check=False).strip() or UNKNOWN


def expected(root: Path, environment: Mapping[str, str]) -> Expected:
    """The model that should be served. Raises MainlineError when it is not known."""
    if any(environment.get(name) for name in FROM_ENVIRONMENT):
        missing = [name for name in FROM_ENVIRONMENT if not environment.get(name)]
        if missing:
            raise MainlineError(
                f"{' and '.join(missing)} not set. Next to a server, set all of "
                f"{', '.join(FROM_ENVIRONMENT)}; in a repository, set none of them."
            )
        name, version, model = (environment[key] for key in FROM_ENVIRONMENT)
        if not (Path(model) / GOLDEN).is_file():
            raise MainlineError(
                f"MODEL_DIRECTORY {model} has no {GOLDEN}: the model's volume is empty, or has "
                f"another version than {version}."
            )
        return Expected(name, version, "", golden(Path(model)))
    release, directory = staged_model(root)
    return Expected(release.name, release.version, release.digest, golden(directory))


def look(wanted: Expected, url: str, address: str, budget_ms: float, wait: float = 0.0) -> Seen:
    """Send requests over REST and gRPC. If one does not answer, its checks fail with the reason.

    All checks use the connections on which the version was seen, so they ask the same server.
    """
    until = time.monotonic() + wait
    while True:
        with (
            closing(RestClient(url, wanted.name)) as rest,
            closing(GrpcClient(address, wanted.name)) as rpc,
        ):
            version = _version(wanted, rpc)
            if time.monotonic() >= until or (version.passed and _has(wanted, rest)):
                checks = [
                    version,
                    _scores("scores over REST", wanted, rest),
                    _scores("scores over gRPC", wanted, rpc),
                    _latency(wanted, rest, budget_ms),
                ]
                return Seen(checks, _server(rest, rpc), rpc.answered)
        time.sleep(PAUSE)


def _has(wanted: Expected, rest: RestClient) -> bool:
    try:
        return [str(version) for version in rest.versions()] == [wanted.version]
    except MainlineError:
        return False


def _server(rest: RestClient, rpc: GrpcClient) -> str:
    if rest.embedded or rpc.embedded:
        return EMBEDDED
    return TENSORFLOW_SERVING if rest.answered and rpc.answered else UNKNOWN


def _version(wanted: Expected, client: GrpcClient) -> Check:
    name, bar = "version served", f"released: {wanted.version}"
    try:
        found = client.predict(wanted.golden.rows[:1]).version  # REST answers do not carry it
    except MainlineError as error:
        return Check(name, False, str(error), bar)
    return Check(name, str(found) == wanted.version, str(found), bar)


def _scores(name: str, wanted: Expected, client: RestClient | GrpcClient) -> Check:
    golden = wanted.golden
    bar = f"within {golden.within:.0e} of {len(golden.rows)} golden rows"
    try:
        answer = client.predict(golden.rows)
    except MainlineError as error:
        return Check(name, False, str(error), bar)
    problem = golden.problem(answer)
    worst = f"{farthest(answer.scores, golden.scores):.1e}"
    return Check(name, not problem, problem or worst, bar)


def _latency(wanted: Expected, client: RestClient, budget_ms: float) -> Check:
    name, bar = "latency", f"p99 of {CALLS} single rows over REST at most {budget_ms:g} ms"
    rows = wanted.golden.rows
    try:
        seconds = [client.predict([rows[n % len(rows)]]).seconds for n in range(CALLS)]
    except MainlineError as error:
        return Check(name, False, str(error), bar)
    p99 = float(np.quantile(seconds, 0.99)) * 1e3
    return Check(name, p99 <= budget_ms, f"{p99:.1f} ms", bar)
