"""The command `deployed`: what main newly deploys, and the forge's record of it.

It compares what main names with what is recorded, not with the push that started the job: a run
that was skipped or broke off is made up for by the next.
"""

from pathlib import Path

from mainline.delivery.deployments import Deployment, deployments
from mainline.git import Git
from mainline.github import workflow
from mainline.github.api import Api
from mainline.github.records import WAITING, Records
from mainline.github.workflow import output
from mainline.k8s.environments import ENVIRONMENTS
from mainline.k8s.placeholder import unset
from mainline.release.release_file import Release


def run(root: Path, *, record: bool, again: bool = False) -> None:
    """Print what HEAD deploys that has no record yet; `record` makes the records.

    `again` lists the rest as well: a record says nothing of a signature that was lost or not asked
    for then.

    Sets outputs of the step: `new` when there is any, and for each such environment its version and
    its image's name and digest. Raises MainlineError when the forge does not answer.
    """
    records = Records(Api.from_environment())
    for environment in ENVIRONMENTS:
        newest = _newest(Git(root), environment)
        if newest is None or newest.release is None:
            print(f"{environment}: no release")
            continue
        release = newest.release
        if unset(release.image):
            print(f"{environment}: {release.image} is the template's, and goes nowhere")
        elif not again and records.find(environment, newest.commit):
            print(f"{environment}: version {release.version} is recorded already")
        elif record:
            make(records, newest, release)
            print(f"{environment}: version {release.version}, recorded at {newest.commit[:12]}")
        else:
            output("new", "true")
            output(environment, release.version)
            output(f"{environment}_name", release.image.partition("@")[0])
            output(f"{environment}_digest", release.digest)
            print(f"{environment}: version {release.version} {'once more' if again else 'is new'}")


def make(records: Records, deployment: Deployment, release: Release) -> int:
    """The record of a deployment, which waits for Argo CD to say how it went."""
    record = records.make(
        deployment.environment,
        deployment.commit,
        f"version {release.version}: {deployment.subject}",
        {"version": release.version, "digest": release.digest, "content": release.content},
    )
    records.set(record, WAITING, "in the registry; Argo CD deploys it", workflow.run_url())
    return record


def _newest(git: Git, environment: str) -> Deployment | None:
    found = deployments(git, "HEAD", environment)
    return found[-1] if found else None
