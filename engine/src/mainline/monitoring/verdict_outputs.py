"""What a verdict becomes: a page, series for Prometheus, an MLflow run."""

import time
from pathlib import Path

from mainline.monitoring import mlflow_window, series, verdict_page
from mainline.monitoring.finding import Verdict

PAGE = "page.md"


def write(
    root: Path,
    verdict: Verdict,
    folder: Path,
    *,
    textfile: Path | None = None,
    push: str | None = None,
    record: bool = True,
) -> None:
    """Write the page into `folder`, and what is asked for besides. Prints a line for each.

    The MLflow run has the files of `folder` as artifacts. The push comes last: raises MainlineError
    when the Pushgateway does not take the series, and everything else is there then.
    """
    now = time.time()
    verdict_page.write(verdict, folder / PAGE)
    print(f"page      {folder / PAGE}")
    if textfile is not None:
        series.write(verdict, textfile, now=now)
        print(f"series    {textfile}")
    if record:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        print(f"record    {mlflow_window.record(root, verdict, files)}")
    if push is not None:
        series.push(verdict, push, now=now)
        print(f"series    pushed to {push}")
