"""A place where DVC keeps objects, and what of it nobody needs any more."""

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
AT_ONCE = 16  # questions about sizes to a remote


@dataclass(frozen=True)
class Store:
    """The cache or the remote; `unused` are objects that no kept revision names."""

    name: str
    database: Any
    used: set[Any]
    total: int
    unused: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes that are not needed."""
        return sum(self.unused.values())

    def clean(self) -> int:
        """Have DVC remove what is not needed. Returns how many objects went."""
        from dvc_data.hashfile.db import get_index  # noqa: PLC0415
        from dvc_data.hashfile.gc import gc  # noqa: PLC0415

        removed: int = gc(self.database, self.used)
        if removed and self.name != CACHE:
            get_index(self.database).clear()  # what DVC remembers to be there
        return removed


def listable(repo: Any, git: Git, commits: Iterable[str]) -> list[str]:
    """Those of the commits whose directories' listings are in the cache or on the remote.

    The others were never pushed, or their lock cannot be read: nobody has what they name. Raises
    what the remote raises when it cannot be asked.
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

    Raises MainlineError when one of them cannot be listed: files of a directory whose listing is
    not there would count as needed by nobody.
    """
    found: set[Any] = set()
    # DVC would ask on a terminal whether such files may go.
    with redirect_stdout(StringIO()):
        for revision in repo.brancher(revs=list(commits), sha_only=True):
            try:
                objects = repo.index.used_objs()
            except Exception as error:  # DVC, its remotes and fsspec each raise kinds of their own
                name = revision[:12] if revision else "the working tree"
                raise MainlineError(
                    f"DVC cannot list what {name} needs ({error}), so nothing is removed. "
                    "`dvc pull --all-commits` brings listings; without any copy of it nobody has "
                    "that model."
                ) from None
            # An output with a remote of its own is in another database, and is left alone.
            found.update(*(named for named in objects.values()))
    return found


def look(name: str, database: Any, needed: set[Any]) -> Store:
    """What of a database is not needed, and how large it is. Raises MainlineError: no answer."""
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
    """Where the cache is, when it lies outside of this project, where others may use it."""
    place = Path(repo.cache.local.path).resolve()
    return "" if place.is_relative_to(Layout(root).dvc.resolve()) else str(place)
