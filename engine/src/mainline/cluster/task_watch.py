"""The command `task watch`: watches a model in a clone, and hands the verdict to the next pod."""

import os
import sys
import time
from pathlib import Path

from mainline.cluster import kept_page
from mainline.cluster.checkout import clone
from mainline.cluster.handed_verdict import packed
from mainline.cluster.settings_in_clone import settings_of
from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.monitoring import monitor, series
from mainline.monitoring.verdict_outputs import PAGE
from mainline.params import params

FOLDER = "monitor"  # of the store, beside the log's folders `day=…`


def run(
    work: Path,
    *,
    revision: str,
    directory: Path,
    environment: str,
    store: str,
    push: str,
    commit_file: Path,
    verdict_file: Path,
) -> None:
    """Work below `work`, an empty folder.

    `commit_file` gets the commit, `verdict_file` the verdict as `packed` makes it. An empty `push`
    is no Pushgateway; one that does not take the series is said, and stops no retraining: without
    new series the alert `ModelMonitorDidNotRun` fires. So is a store that does not take the
    page. Raises MainlineError as `clone` and `monitor.run` do.
    """
    checkout = clone(work, revision, directory)
    root = checkout.root
    write_text(commit_file, checkout.commit)
    address = os.environ.get("MLFLOW_TRACKING_URI") or params.check(root).record.tracking_uri
    verdict = monitor.run(
        root,
        environment=environment,
        store=store,
        settings_file=settings_of(checkout),
        record=bool(address),  # a database here would end with the pod
    )
    write_text(verdict_file, packed(verdict))
    try:
        files = [Layout(root).monitor / name for name in (PAGE, monitor.FILE)]
        kept = kept_page.keep(files, store, f"{FOLDER}/{verdict.window.last}")
        print(f"kept      {kept}")
    except MainlineError as error:
        print(error, file=sys.stderr)
    if push:
        try:
            series.push(verdict, push, now=time.time())
            print(f"series    pushed to {push}")
        except MainlineError as error:
            print(error, file=sys.stderr)
