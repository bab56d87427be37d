"""Pushes the metrics and plots that git keeps (`cache: false`), for the run cache.

`dvc push --run-cache` pushes the entries of the run cache, and of their outputs only those that DVC
keeps. On another machine such an entry is incomplete, and DVC runs the stage again.
"""

import logging
from pathlib import Path

from mainline.core.errors import MainlineError


def push(root: Path) -> None:
    """Push those that the cache holds. Raises MainlineError when one does not arrive."""
    from dvc.repo import Repo  # noqa: PLC0415  half a second that most callers need not spend

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    failed = "metrics and plots could not be pushed to the DVC remote"
    try:
        with Repo(str(root)) as repo:
            objects = set()
            for out in (out for stage in repo.index.stages for out in stage.outs):
                found = out.hash_info
                if not out.use_cache and found and repo.cache.local.exists(found.value):
                    out.use_cache = True  # of this object alone
                    objects |= {each for used in out.get_used_objs().values() for each in used}
            lost = repo.cloud.push(objects).failed if objects else set()
    except Exception as error:  # DVC, its remotes and fsspec have no common class
        raise MainlineError(f"{failed}: {' '.join(str(error).split())[:300]}") from None
    if lost:
        raise MainlineError(f"{failed}: {len(lost)} of {len(objects)}.")
