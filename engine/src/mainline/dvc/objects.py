"""DVC's objects by their hashes: which a lock names, whether they are whole, where they lie.

DVC itself verifies none of them. Nothing of a proposal's `.dvc` is read here.
"""

import hashlib
import json
import logging
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.outputs import outputs

OID = re.compile(r"[0-9a-f]{32}(?:\.dir)?")
PART = r"[A-Za-z0-9_][^/\\\x00-\x1f]*"  # no part of a path begins with a dot
PATH = re.compile(rf"{PART}(?:/{PART})*")
OF_LIST = 50 * 10**6  # most bytes of the list of a directory's files

Read = Callable[[Path], str | None]


def of_tree(root: Path) -> Read:
    """Reads the files of a working tree."""

    def read(path: Path) -> str | None:
        file = root / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    return read


def named(read: Read) -> dict[str, str]:
    """Path and object of each output that DVC keeps: those of `dvc.lock`, and the snapshots.

    Raises MainlineError when one of them lies outside of the model's directory, or in a hidden one.
    """
    text, kept = read(Layout.lock), read(Layout.snapshots_dvc)
    found = outputs(_section(text, Layout.lock, "stages")) if text else {}
    for path in _uncached(read(Layout.pipeline) or ""):
        found.pop(path, None)
    for out in _section(kept, Layout.snapshots_dvc, "outs") if kept else ():
        name = f"{Layout.snapshots_dvc.parent}/{out.get('path')}"
        found[name] = str(out.get("md5"))
    for path, oid in found.items():
        if not PATH.fullmatch(path) or not OID.fullmatch(oid):
            raise MainlineError(
                f"{Layout.lock} names an output that is not kept: {path!r}, {oid!r}."
            )
    return found


def _section(text: str, path: Path, name: str) -> Any:
    found = read_yaml(text, name=str(path)).get(name)
    kind = dict if name == "stages" else list
    if not isinstance(found, kind) or not all(isinstance(each, (str, dict)) for each in found):
        raise MainlineError(f"{path} has no {name}.")
    return found


def _uncached(text: str) -> Iterable[str]:
    """Outputs that git keeps."""
    stages = read_yaml(text, name=str(Layout.pipeline)).get("stages") if text else None
    for stage in stages.values() if isinstance(stages, dict) else ():
        entries = [e for kind in ("outs", "metrics", "plots") for e in stage.get(kind) or []]
        for path, options in (pair for e in entries if isinstance(e, dict) for pair in e.items()):
            if isinstance(options, dict) and options.get("cache") is False:
                yield str(path)


def place(cache: Path, oid: str) -> Path:
    """Where an object lies in a cache."""
    return cache / oid[:2] / oid[2:]


def listed(cache: Path, oid: str) -> dict[str, str]:
    """Path and object of each file in a directory's object; empty for the object of a file.

    Raises MainlineError when it is not such a list, or names a path outside of the directory.
    """
    if not oid.endswith(".dir"):
        return {}
    path = place(cache, oid)
    try:
        if path.stat().st_size > OF_LIST:
            raise ValueError("too large")
        entries = json.loads(path.read_bytes())
        found = {str(each["relpath"]): str(each["md5"]) for each in entries}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise MainlineError(f"the object {oid} is no list of files: {error}.") from None
    for name, inner in found.items():
        if not PATH.fullmatch(name) or not OID.fullmatch(inner) or inner.endswith(".dir"):
            raise MainlineError(f"the object {oid} lists {name!r}, {inner!r}.")
    return found


def whole(cache: Path, oids: Iterable[str]) -> set[str]:
    """These objects, and those of the files in directories.

    Raises OutOfReachError when one is absent, MainlineError when its content has another hash.
    """
    found: set[str] = set()
    for oid in oids:
        for each in (oid, *_checked(cache, oid)):
            if each not in found:
                check(place(cache, each), each)
                found.add(each)
    return found


def at_hand(cache: Path, oids: Iterable[str]) -> set[str]:
    """Those of these objects, and of the files in directories, that the cache has."""
    lists = {oid for oid in oids if place(cache, oid).is_file()}
    found = lists.union(*(listed(cache, oid).values() for oid in lists))
    return {oid for oid in found if place(cache, oid).is_file()}


def _checked(cache: Path, oid: str) -> list[str]:
    check(place(cache, oid), oid)  # before it is parsed
    return list(listed(cache, oid).values())


def check(path: Path, oid: str) -> None:
    """Raises OutOfReachError when there is no such file, MainlineError when it is another."""
    if path.is_symlink() or not path.is_file():
        raise OutOfReachError(f"the object {oid} is neither handed over nor in the DVC remote.")
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False))
    if digest.hexdigest() != oid[:32]:
        raise MainlineError(f"the object {oid} has other content: {digest.hexdigest()}.")


def put(cache: Path, oid: str, target: Path) -> None:
    """Copy an output to `target`, in place of what is there."""
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    files = {target / name: inner for name, inner in listed(cache, oid).items()}
    if oid.endswith(".dir"):
        target.mkdir(parents=True)
    for file, inner in (files if oid.endswith(".dir") else {target: oid}).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place(cache, inner), file)


def fetch(root: Path, oids: Iterable[str]) -> None:
    """Fetch what the cache of `root` lacks from its remote, as far as it is there.

    Raises MainlineError when the list of a directory is not one: its files are not asked for then.
    """
    wanted, cache = set(oids), Layout(root).dvc_cache
    _transfer(root, "pull", _absent(cache, wanted))
    lists = [oid for oid in wanted if oid.endswith(".dir") and place(cache, oid).is_file()]
    inner = {each for oid in lists for each in _checked(cache, oid)}
    _transfer(root, "pull", _absent(cache, inner))


def _absent(cache: Path, oids: set[str]) -> set[str]:
    return {oid for oid in oids if not place(cache, oid).exists()}


def push(root: Path, oids: Iterable[str]) -> None:
    """Push objects of the cache of `root` to its remote. Raises MainlineError when one fails."""
    wanted = set(oids)
    failed = _transfer(root, "push", wanted)
    if failed:
        raise MainlineError(f"`dvc push` failed for {len(failed)} of {len(wanted)} objects.")


def _transfer(root: Path, how: str, oids: set[str]) -> set[Any]:
    if not oids:
        return set()
    from dvc.repo import Repo  # noqa: PLC0415  half a second that most callers need not spend
    from dvc_data.hashfile.hash_info import HashInfo  # noqa: PLC0415

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo(str(root)) as repo:
            moved = getattr(repo.cloud, how)({HashInfo("md5", oid) for oid in oids})
            return set(moved.failed)
    except Exception as error:  # DVC, its remotes and fsspec have no common class
        said = " ".join(str(error).split())[:300]
        raise OutOfReachError(f"the DVC remote fails: {type(error).__name__}: {said}") from None


def lacking(root: Path, oids: Iterable[str]) -> set[str]:
    """Those that the remote lacks; all of them when there is none, or it does not say."""
    from dvc.repo import Repo  # noqa: PLC0415

    wanted = set(oids)
    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo(str(root)) as repo:
            return wanted - set(repo.cloud.get_remote_odb().list_oids_exists(list(wanted)))
    except Exception:  # without the remote's word all of them are handed over
        return wanted
