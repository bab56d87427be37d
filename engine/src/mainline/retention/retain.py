"""The command `retain`: removes DVC objects that no release, branch or working tree needs."""

import logging
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.git import Git
from mainline.retention import kept as revisions
from mainline.retention import store
from mainline.retention.kept import Kept
from mainline.retention.store import Store


def run(root: Path, *, delete: bool, cloud: bool) -> None:
    """List kept and unused objects; `delete` removes the unused ones. `cloud` adds the remote.

    Raises MainlineError before anything is removed when the needed objects cannot all be listed.
    """
    git = Git(root)
    found = revisions.kept(git)
    if cloud:
        _all_seen(git, found)
    from dvc.repo import Repo  # noqa: PLC0415  half a second, not needed for errors

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    with Repo(str(root)) as repo, repo.lock:
        places = _places(root, repo, found, cloud=cloud)
        print("\n".join([*_released(found), *map(_line, places)]), flush=True)
        if not delete:
            print("nothing was removed; --delete removes these objects")
            return
        for each in places:
            print(f"{each.name}: {each.clean()} objects removed", flush=True)


def _all_seen(git: Git, found: Kept) -> None:
    """Raises MainlineError unless this clone has all branches of origin: they share the remote."""
    missing = revisions.unseen(git, found.tips)
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        raise MainlineError(
            f"this clone does not have the current state of {shown} on origin, and that data must "
            "be kept. Run `git fetch --tags --force origin`."
        )


def _places(root: Path, repo: Any, found: Kept, *, cloud: bool) -> list[Store]:
    outside = store.shared(repo, root)
    if outside:
        raise MainlineError(
            f"the cache {outside} is outside this project, so other projects may use it. Use "
            "`dvc gc --projects` instead, and name them."
        )
    remote = repo.config.get("core", {}).get("remote")
    if cloud and not remote:
        raise MainlineError("--cloud: no DVC remote is set (`dvc remote add --default …`).")
    needed = store.used(repo, [*found.commits, *store.listable(repo, Git(root), found.touched)])
    places = [store.look(store.CACHE, repo.cache.local, needed)]
    if cloud:
        there = repo.cloud.get_remote_odb(remote, hash_name="md5")
        places.append(store.look(f"remote '{remote}'", there, needed))
    return places


def _released(found: Kept) -> list[str]:
    return [
        "kept: the working tree, "
        f"{len(found.tips)} branches, tags and other tips, and what main released:",
        *(
            f"  {version:>15}  {', '.join(commit[:7] for commit in dict.fromkeys(commits))}"
            for version, commits in found.released.items()
        ),
        *([] if found.released else ["  nothing yet"]),
    ]


def _line(place: Store) -> str:
    return (
        f"{place.name}: {len(place.unused)} of {place.total} objects are unused, "
        f"{place.size / 1e6:.1f} MB"
    )
