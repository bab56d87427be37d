"""References, computed once: kept by the hash of rows, recipe and library, outside the repository.

Killed between two of them, the next run begins with the one that is not there yet.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mainline.core.files import staged, write_json

CACHE = Path(os.environ.get("BENCH_CACHE", Path.home() / ".cache/mainline/bench"))


@dataclass(frozen=True)
class Reference:
    """Scores of the test rows, shaped as the network's, and what is known about their making.

    `about` has at least `seconds` on the wall and the `load` of the machine before and after.
    """

    scores: np.ndarray
    about: dict[str, Any]


Compute = Callable[[], tuple[np.ndarray, dict[str, Any]]]


def kept(content: str, recipe: dict[str, Any], compute: Compute, cache: Path = CACHE) -> Reference:
    """What `compute` gives for rows with this hash of their `content`, from the cache if it can."""
    scores, about = _files(content, recipe, cache)
    if not about.exists():  # written last
        cache.mkdir(parents=True, exist_ok=True)
        before, start = os.getloadavg()[0], time.perf_counter()
        found, more = compute()
        seconds = time.perf_counter() - start
        load = [round(each, 2) for each in (before, os.getloadavg()[0])]
        with staged(scores) as temporary, temporary.open("wb") as file:
            np.save(file, found, allow_pickle=False)
        write_json(about, {"recipe": recipe, "seconds": round(seconds, 1), "load": load} | more)
    return Reference(np.load(scores, allow_pickle=False), json.loads(about.read_text()))


def is_kept(content: str, recipe: dict[str, Any], cache: Path = CACHE) -> bool:
    """Whether `kept` would compute nothing."""
    return _files(content, recipe, cache)[1].exists()


def _files(content: str, recipe: dict[str, Any], cache: Path) -> tuple[Path, Path]:
    key = hashlib.sha256(json.dumps([content, recipe], sort_keys=True).encode()).hexdigest()[:20]
    return cache / f"{key}.npy", cache / f"{key}.json"
