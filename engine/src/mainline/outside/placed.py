"""A clone at a proposal's commit, and in it what the training handed over, once it is verified."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import remove, write_text
from mainline.core.layout import Layout
from mainline.dvc import objects
from mainline.dvc.repro import generated
from mainline.gate.judges import JUDGES
from mainline.git import Git, below
from mainline.outside.received import PARCEL, Received
from mainline.proposal.parcel import FILES, NAME, OBJECTS, Parcel

TREE = "tree"  # below what was received
BASE = "refs/remotes/origin/main"  # of the clone
REF = "refs/mainline/proposal"  # where `receive` fetched the commit
# A link is a plain file with the path in it: nothing is written through it. No filter runs.
SAFE = {
    "core.symlinks": "false",
    "filter.lfs.smudge": "",
    "filter.lfs.clean": "",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
}
# A file in the cache, in git and in the tree has the same bytes: no attribute converts it.
AS_THEY_ARE = "* -text !eol !working-tree-encoding -ident -filter\n"
OBJECT = re.compile(r"([0-9a-f]{2})/([0-9a-f]{30}(?:\.dir)?)")


def clone(root: Path, about: Received, received: Path) -> Path:
    """Clone this repository and check out the proposal's commit. Returns the model's directory.

    Raises MainlineError when the commit has no model there.
    """
    top, target = Layout(root).top.resolve(), received / TREE
    remove(target)
    settings = [part for name, value in SAFE.items() for part in ("-c", f"{name}={value}")]
    # A hard link would be a way to write into main's objects: the child may write below `received`.
    how = ("--quiet", "--no-checkout", "--no-tags", "--no-hardlinks", "--template=")
    Git(root).run("clone", *how, *settings, "--", str(top), str(target.absolute()))
    git = Git(target)
    write_text(target / ".git/info/attributes", AS_THEY_ARE)  # before those of the proposal
    git.run("fetch", "--quiet", "--no-tags", "origin", f"+{REF}:{REF}")
    git.run("fetch", "--quiet", "--no-tags", "origin", f"+{about.base}:{BASE}")
    git.run("checkout", "--quiet", "--detach", about.head)
    model = target / Layout(root).directory
    if not Layout(model).pipeline.is_file():
        raise MainlineError(f"the proposal has no {Layout.pipeline} in '{Layout(root).directory}'.")
    return model


def handed(received: Path) -> Parcel | None:
    """What the training handed over; None when there is nothing."""
    return Parcel.read(received / PARCEL) if (received / PARCEL).is_dir() else None


def makes(received: Path, parcel: Parcel) -> bool:
    """Whether the training made other files than the proposal's commit has."""
    return bool(parcel.gone) or bool(_files(received / PARCEL / FILES))


def fill(
    root: Path, model: Path, about: Received, received: Path, only: Sequence[Path] = ()
) -> list[str]:
    """Put the files and every output that `dvc.lock` names into the clone. Returns the objects.

    They land in the cache of `root`, whose remote has what was not handed over. With `only` these
    outputs are put there, and no remote is asked. Raises MainlineError when something is not what
    its name says, or is not named at all.
    """
    parcel = handed(received)
    if parcel is None or parcel.head != about.head:
        raise MainlineError(
            "what the training handed over is of another commit.",
            found=parcel.head if parcel else "nothing",
            expected=about.head,
        )
    try:
        _own_dvc(root, model, about)
        _place(root, model, received, parcel)
        return _objects(root, model, received / PARCEL / OBJECTS, only)
    except OSError as error:  # a file where a folder should be
        raise MainlineError(f"what the training handed over has no place: {error}.") from None


def _own_dvc(root: Path, model: Path, about: Received) -> None:
    """Main's settings of DVC, and nothing else that a proposal may have put into `.dvc`."""
    own, theirs = Layout(root), Layout(model)
    text = Git(root).show(about.base, Path(own.seen(Layout.dvc_config)))
    remove(theirs.dvc)
    write_text(theirs.dvc_config, text or "")
    cache = own.dvc_cache.parents[1].absolute()
    cache.mkdir(parents=True, exist_ok=True)
    (theirs.dvc / cache.name).symlink_to(cache)


def _files(folder: Path) -> dict[str, Path]:
    found = sorted(path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path for path in found}


def _place(root: Path, model: Path, received: Path, parcel: Parcel) -> None:
    top = Layout(model).top
    files = _files(received / PARCEL / FILES)
    for name in (*files, *parcel.gone):
        _allowed(root, name)
    for name in parcel.gone:
        (top / name).unlink(missing_ok=True)
    for name, path in files.items():
        target = top / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _allowed(root: Path, name: str) -> None:
    """Raises MainlineError unless the pipeline writes this path, seen from the git root."""
    directory = Layout(root).directory
    made = [Path(os.path.normpath(directory / each)) for each in generated(root)]
    if not NAME.fullmatch(name) or not any(Path(name).is_relative_to(each) for each in made):
        raise MainlineError(
            "a file was handed over that the pipeline does not write.",
            found=repr(name),
            expected=", ".join(map(str, made)),
        )


def _apart(model: Path, outputs: list[str]) -> None:
    """Raises MainlineError when an output is another one's or git's, or holds or lies in one.

    Else a lock could put other settings, or another lock, in the place of those that were read.
    """
    tracked = Git(model).run("ls-files", "-z").split("\0")
    own = {*tracked, *generated(model), *map(Layout(model).seen, JUDGES)} - {""}
    for place, path in enumerate(outputs):
        others = [*outputs[:place], *own]
        found = next((it for it in others if below(path, [it]) or below(it, [path])), None)
        if found is not None:
            raise MainlineError(
                f"{Layout.lock} names an output where something else is.",
                found=repr(path),
                expected=f"a path apart from {found!r}",
                hint="A file of your own in metrics/ or plots/ takes `cache: false` in dvc.yaml.",
            )


def _objects(root: Path, model: Path, folder: Path, only: Sequence[Path]) -> list[str]:
    cache = Layout(root).dvc_cache
    given = set()
    for name, path in _files(folder).items():
        found = OBJECT.fullmatch(name)
        if found is None:
            raise MainlineError(f"{OBJECTS}/{name} is no object of DVC's cache.")
        oid = f"{found[1]}{found[2]}"
        objects.check(path, oid)
        target = objects.place(cache, oid)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(path, target)
        given.add(oid)
    named = objects.named(objects.of_tree(model))
    _apart(model, list(named))
    if only:
        named = {path: oid for path, oid in named.items() if Path(path) in only}
    else:
        objects.fetch(root, named.values())
    found_all = objects.whole(cache, named.values())
    if given - found_all and not only:
        raise MainlineError(
            f"{len(given - found_all)} objects were handed over that {Layout.lock} does not name.",
            found=min(given - found_all),
        )
    for path_, oid in named.items():
        objects.put(cache, oid, model / path_)
    return sorted(found_all)
