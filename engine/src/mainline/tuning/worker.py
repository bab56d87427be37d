"""A process of the search: `python -m mainline.tuning.worker STUDY NUMBER SECONDS`.

It ends when no trial is left, or begins none after SECONDS.
"""

import os
import signal
import sys
import time
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.process.imports import importing
from mainline.process.orphan import end_with_parent


def main() -> int:
    """Returns 1 for a failure that a message explains."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a trial that is interrupted has not failed
    name, number, seconds = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    with importing():
        from mainline.tuning import study  # noqa: PLC0415
        from mainline.tuning.job import Job  # noqa: PLC0415
        from mainline.tuning.objective import Objective  # noqa: PLC0415
        from mainline.tuning.work import Work  # noqa: PLC0415
    try:
        url = os.environ.pop(study.STORAGE)  # the project's code needs no database
        job = Job.of(Path())
        opened = study.opened(url, name, job.tune, worker=int(number))
        Work(opened, job.tune, job.today, Objective(job)).run(until)
    except MainlineError as error:
        print(f"tune: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
