"""The command `deployed`: lists or records releases on main that GitHub has no record of.

It compares main with GitHub's records, not with the push that started the job. So the next run
makes up for a run that was skipped or failed.
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
    """Print the releases at HEAD that have no record yet; `record` makes the records.

    `again` lists recorded releases too: a record does not prove that the image is signed.

    Sets outputs of the workflow step: `new` if there is a release to list, and for each of them its
    version and its image's name and digest. Raises MainlineError when GitHub does not answer.
    """
    records = Records(Api.from_environment())
    for environment in ENVIRONMENTS:
        newest = _newest(Git(root), environment)
        if newest is None or newest.release is None:
            print(f"{environment}: no release")
            continue
        release = newest.release
        if unset(release.image):
            print(f"{environment}: {release.image} is the template's example and is not published")
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
            print(f"{environment}: version {release.version} {'again' if again else 'is new'}")


def make(records: Records, deployment: Deployment, release: Release) -> int:
    """Make the record of a deployment. Its state is pending until Argo CD reports the result."""
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
