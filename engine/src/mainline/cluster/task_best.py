"""The command `task best`: opens the pull request with the best settings of a search."""

import sys
from pathlib import Path

from mainline.cluster import kept_page, part
from mainline.cluster.checkout import clone
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.github.api import Api
from mainline.github.identity import IDENTITY
from mainline.github.pulls import Pulls
from mainline.proposal import commit
from mainline.tuning import page, proposed, study
from mainline.tuning.job import Job
from mainline.tuning.result import Result
from mainline.tuning.study import Trials


def run(work: Path, *, revision: str, stages: str, directory: Path, pages: str) -> None:
    """Work below `work`, an empty folder. Without better settings nothing is pushed.

    The page goes to `pages`, a folder of a store; without one it ends with the pod. A store that
    does not take it is said, and stops no pull request. Raises MainlineError when the study has no
    result or the branch cannot be pushed. A second attempt finds the commit and the pull request
    of the first.
    """
    url = study.shared()
    checkout = clone(work, revision, directory)
    pulls = Pulls(Api.from_environment())  # after the clone, which knows the server
    part.run(checkout, stages)
    job = Job.of(checkout.root)
    name = job.name
    opened = study.opened(url, name, job.tune)
    result = Result.of(job, Trials.of(opened))
    say("tune", result.counts())
    print("\n".join(["", *result.lines(), "", result.sentence, ""]), flush=True)
    kept = ""
    if pages:
        page.write(opened, result)
        try:
            kept = kept_page.keep([Layout(checkout.root).search / page.NAME], pages, name)
            say("page", kept)
        except MainlineError as error:
            print(error, file=sys.stderr)
    if not result.better:
        say("propose", "nothing to propose: today's settings stay")
        return
    proposed.branch(checkout.git, name, result, IDENTITY)
    checkout.git.run("switch", "--quiet", name)
    say("commit", f"{commit.push(checkout.root, name)} on {name}")
    body = [result.sentence, "", *result.lines(), "", f"Searched on commit {checkout.commit}."]
    body += [f"History, importances and slices: {kept}", ""] if kept else []
    body += ["CI trains a model with these settings, judges it on test rows and comments here.", ""]
    pull = pulls.open(name) or pulls.make(name, proposed.title(result), "\n".join(body))
    say("propose", f"pull request {pull['html_url']}")
