"""A DVC cache or remote, and its unused objects."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.git import Git

CACHE = "cache"
AT_ONCE = 16  # parallel requests for sizes


@dataclass(frozen=True)
class Store:
    """The cache or the remote. `unused` maps objects that no kept revision names to their sizes."""

    name: str
    database: Any
    used: set[Any]
    total: int
    unused: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of the unused objects."""
        return sum(self.unused.values())

    def clean(self) -> int:
        """Remove the unused objects with DVC. Returns the number of removed objects."""
        from dvc_data.hashfile.db import get_index  # noqa: PLC0415
        from dvc_data.hashfile.gc import gc  # noqa: PLC0415

        removed: int = gc(self.database, self.used)
        if removed and self.name != CACHE:
            get_index(self.database).clear()  # DVC's list of objects on the remote
        return removed


def listable(repo: Any, git: Git, commits: Iterable[str]) -> list[str]:
    """The commits whose directory listings are in the cache or on the remote.

    The other commits were never pushed, or their lock cannot be read: their data does not exist.
    Raises the remote's own errors when it does not answer.
    """
    remote = repo.config.get("core", {}).get("remote")
    there = [repo.cloud.get_remote_odb(remote, hash_name="md5")] if remote else []
    places = [repo.cache.local, *there]
    known: dict[str, bool] = {}
    found = []
    for commit in commits:
        names = _listings(git, commit)
        for name in (names or set()) - known.keys():
            known[name] = any(place.exists(name) for place in places)
        if names is not None and all(known[name] for name in names):
            found.append(commit)
    return found


def _listings(git: Git, commit: str) -> set[str] | None:
    """The listings that a commit's DVC files name; None when one of them cannot be read."""
    outs: list[Any] = []
    try:
        for path in git.tree(commit, Layout.lock.name, "*.dvc"):
            values = read_yaml(git.show(commit, path) or "{}", name=str(path))
            outs += values.get("outs", [])
            outs += [out for stage in values.get("stages", {}).values() for out in stage["outs"]]
        return {out["md5"] for out in outs if str(out.get("md5", "")).endswith(".dir")}
    except (MainlineError, AttributeError, KeyError, TypeError):
        return None


def used(repo: Any, commits: Iterable[str]) -> set[Any]:
    """Every object that the working tree or one of these commits names, as `dvc gc` collects them.

    Raises MainlineError when a directory cannot be listed: its files would count as unused.
    """
    found: set[Any] = set()
    # Without this DVC would ask on the terminal whether to remove such files.
    with redirect_stdout(StringIO()):
        for revision in repo.brancher(revs=list(commits), sha_only=True):
            try:
                objects = repo.index.used_objs()
            except Exception as error:  # DVC, its remotes and fsspec have no common error class
                name = revision[:12] if revision else "the working tree"
                raise MainlineError(
                    f"DVC cannot list the objects of {name} ({error}), so nothing is removed. "
                    "`dvc pull --all-commits` downloads the listings; if there is no copy, that "
                    "model is lost."
                ) from None
            # An output with its own remote is in another database; it is not touched.
            found.update(*(named for named in objects.values()))
    return found


def look(name: str, database: Any, needed: set[Any]) -> Store:
    """The unused objects of a database with sizes. Raises MainlineError if it does not answer."""
    names = {each.value for each in needed if each.name == database.hash_name}
    try:
        there = set(database.all())
        unused = sorted(there - names)
        with ThreadPoolExecutor(AT_ONCE) as asking:
            sizes = list(asking.map(lambda each: _size(database, each), unused))
    except Exception as error:  # see above
        raise MainlineError(
            f"the {name} does not answer: {type(error).__name__}: {error}"
        ) from None
    return Store(name, database, needed, len(there), dict(zip(unused, sizes, strict=True)))


def _size(database: Any, name: str) -> int:
    return int(database.fs.size(database.oid_to_path(name)) or 0)


def shared(repo: Any, root: Path) -> str:
    """The cache's folder if it is outside this project and may be shared, else ""."""
    place = Path(repo.cache.local.path).resolve()
    return "" if place.is_relative_to(Layout(root).dvc.resolve()) else str(place)
