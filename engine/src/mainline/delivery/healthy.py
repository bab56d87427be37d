"""The command `healthy`: checks Argo CD's message that a release is healthy, and records it."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery import deployed, dispatch
from mainline.delivery.deployments import Deployment, deployments
from mainline.delivery.dispatch import Healthy
from mainline.git import Git
from mainline.github import workflow
from mainline.github.api import Api
from mainline.github.records import DONE, Records
from mainline.k8s.environments import on_main
from mainline.release.release_file import Release


def run(root: Path) -> None:
    """Mark the deployment of the dispatch as successful on GitHub.

    Raises MainlineError when git does not have that deployment, or GitHub does not answer.
    """
    told = dispatch.read()
    if not isinstance(told, Healthy):
        raise MainlineError("a person started this job; only Argo CD's dispatch can report health.")
    deployment, release = confirmed(Git(root), told)
    records = Records(Api.from_environment())
    found = records.find(told.environment, deployment.commit)
    record = found or deployed.make(records, deployment, release)
    if records.state(record) != DONE:
        said = f"version {release.version} is healthy: {told.said()}"
        records.set(record, DONE, said, workflow.run_url())
    print(f"{told.environment}: version {release.version} is healthy, {told.said()}")


def confirmed(git: Git, told: Healthy) -> tuple[Deployment, Release]:
    """The deployment of the dispatch, from git.

    Raises MainlineError when its commit is not on main, or the environment had no release there.
    """
    known = on_main(git, told.revision)
    if known is None:
        raise MainlineError(f"the dispatch names the commit {told.revision}, which is not on main.")
    found = deployments(git, known, told.environment)
    release = found[-1].release if found else None
    if release is None:
        raise MainlineError(f"at {told.revision[:12]} {told.environment} had no release.")
    return found[-1], release
