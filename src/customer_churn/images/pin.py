"""The command `pin`: outside images by the digests that their registries give for their tags."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from customer_churn.core.errors import UserError
from customer_churn.delivery.placeholder import PLACEHOLDER, unset
from customer_churn.forge.answers import Refused
from customer_churn.git import Git
from customer_churn.images import request
from customer_churn.images.mentions import Mention, mentions, read, write
from customer_churn.registry.repository import Repository

# The last part of the image that `make image` builds.
OURS = "customer-churn"
NOT_THERE = (401, 403, 404)


@dataclass(frozen=True)
class Pinned:
    """What the registries said: a line for each image, and the new texts of files that change."""

    lines: list[str]
    texts: dict[Path, str]


def run(root: Path, images: list[str], *, push: bool = False) -> None:
    """Pin every image, `images` at the tags that they name, and print a line for each.

    Writes nothing when one of them cannot be pinned; raises UserError for that one. `push` commits
    to a branch and opens its pull request, in place of writing here.
    """
    found = pinned(root, images)
    print("\n".join(found.lines) or "No image stands in these files.", flush=True)
    if push:
        request.propose(Git(root), found.lines, found.texts)
    else:
        write(root, found.texts)


def pinned(root: Path, images: Iterable[str] = ()) -> Pinned:
    """Ask the registries, and write nothing."""
    found = mentions(root)
    tags = _tags(images, found)
    wanted = [replace(each, tag=tags.get(each.name, each.tag)) for each in found]
    pins: dict[str, str] = {}
    lines, changes = [], []
    for old, new in zip(found, wanted, strict=True):
        if str(new) not in pins:
            pins[str(new)] = _digest(new, asked_for=bool(tags.get(new.name)))
        digest = pins[str(new)]
        lines.append(_line(old, new, digest))
        if digest:
            changes.append((old, new.tag, digest))
    return Pinned(lines, _texts(root, changes))


def _tags(images: Iterable[str], found: list[Mention]) -> dict[str, str]:
    """The tag to take for each of `images`.

    Raises UserError for one that stands nowhere, or at several tags: a GPU's is not everybody's.
    """
    tags = {}
    for image in images:
        name, _, tag = image.rpartition(":")
        if not name or not tag or "/" in tag or "@" in image:
            raise UserError(f"{image} is not of the form NAME:TAG.")
        present = {each.tag for each in found if each.name == name}
        if len(present) != 1:
            raise UserError(
                f"{name} stands in our files at {len(present)} tags, {sorted(present)}: change the "
                "one that is meant by hand, and run `make pin`."
            )
        tags[name] = tag
    return tags


def _digest(image: Mention, *, asked_for: bool) -> str:
    """What its registry says; empty for our own image as long as nobody has pushed it."""
    if unset(image.name):
        return ""
    if image.tag == "latest":
        raise UserError(f"{image.path}: {image} moves with every build; name a version.")
    repository = replace(Repository.of(image.name), named_by=str(image.path))
    try:
        return repository.digest(image.tag)
    except Refused as error:
        ours = image.name.rpartition("/")[2] == OURS and not image.digest and not asked_for
        if ours and error.status in NOT_THERE:
            return ""
        raise


def _line(old: Mention, new: Mention, digest: str) -> str:
    """What became of one of them, in one line."""
    where = f"({old.path})"
    if not digest:
        why = f"{PLACEHOLDER} is nobody" if unset(old.name) else "nobody has pushed it yet"
        return f"pin       {old} left alone: {why} {where}"
    before = old.digest or "no digest"
    if (old.tag, old.digest) == (new.tag, digest):
        return f"pin       {new} stays {digest} {where}"
    moved = "" if old.tag == new.tag else f"{old.tag} → {new.tag}, "
    return f"pin       {new.name}:{new.tag} {moved}{before} → {digest} {where}"


def _texts(root: Path, changes: list[tuple[Mention, str, str]]) -> dict[Path, str]:
    texts = {}
    for path in dict.fromkeys(mention.path for mention, _, _ in changes):
        text = read(root / path)
        new = edited(text, [each for each in changes if each[0].path == path])
        if new != text:
            texts[path] = new
    return texts


def edited(text: str, changes: list[tuple[Mention, str, str]]) -> str:
    """The text of a file with other tags and digests for what it mentions."""
    edits = [mention.pinning.of(digest) for mention, _, digest in changes]
    edits += [mention.tagging.of(tag) for mention, tag, _ in changes if tag != mention.tag]
    for start, end, new in sorted(edits, reverse=True):  # from behind: what is before stays put
        text = f"{text[:start]}{new}{text[end:]}"
    return text
