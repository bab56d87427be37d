"""Where images of others stand in our files: Kustomize's `images` and the Dockerfile's FROM."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import yaml

from customer_churn.core.errors import UserError
from customer_churn.core.files import staged

KUSTOMIZATIONS = "k8s/**/kustomization.yaml"
DOCKERFILE = "Dockerfile"
_FROM = re.compile(
    r"^FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)(?:[ \t]+AS[ \t]+(?P<stage>\S+))?\s*?$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Edit:
    """A piece of a file's text, from character `start` up to `end`, and what takes its place."""

    start: int
    end: int
    before: str = ""
    after: str = ""

    def of(self, text: str) -> tuple[int, int, str]:
        """With `text` between what stands around it."""
        return self.start, self.end, f"{self.before}{text}{self.after}"


@dataclass(frozen=True)
class Mention:
    """One image in one file, by its tag; `digest` is empty as long as it has none."""

    path: Path
    name: str
    tag: str
    digest: str
    tagging: Edit
    pinning: Edit

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"


def mentions(root: Path) -> list[Mention]:
    """All of them, file by file. Raises UserError for one that names no tag to ask for."""
    found: list[Mention] = []
    for path in sorted(root.glob(KUSTOMIZATIONS)):
        found += in_kustomization(path.relative_to(root), read(path))
    if (root / DOCKERFILE).is_file():
        found += in_dockerfile(Path(DOCKERFILE), read(root / DOCKERFILE))
    return found


def read(path: Path) -> str:
    """The text with its own line ends, so that places in it are places in the file."""
    return path.read_bytes().decode("utf-8")


def write(root: Path, texts: dict[Path, str]) -> None:
    """All files or none: every new one is complete before the first takes its place."""
    with ExitStack() as files:
        for path, text in texts.items():
            files.enter_context(staged(root / path)).write_bytes(text.encode("utf-8"))


def in_kustomization(path: Path, text: str) -> Iterator[Mention]:
    """Those under `images`, which have their digest beside the tag: Kustomize writes both."""
    try:
        images = _keys(yaml.compose(text, Loader=yaml.SafeLoader)).get("images")
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {error}") from None
    for entry in images[1].value if images else []:
        try:
            yield _entry(path, text, entry)
        except KeyError as missing:
            raise UserError(f"{path}: one of its `images` has no {missing}.") from None


def in_dockerfile(path: Path, text: str) -> Iterator[Mention]:
    """Those after FROM that are no stage of the file itself."""
    stages = {"scratch"}
    for found in _FROM.finditer(text):
        image, stage = found["image"], found["stage"]
        if image.lower() not in stages:
            yield _from(path, image, found.start("image"))
        if stage:
            stages.add(stage.lower())


def _entry(path: Path, text: str, entry: yaml.Node) -> Mention:
    keys = _keys(entry)
    key, tag = keys["newTag"]
    name = keys.get("newName", keys["name"])[1].value
    tagging = Edit(tag.start_mark.index, tag.end_mark.index, '"', '"')
    if "digest" in keys:
        digest = keys["digest"][1]
        pinning = Edit(digest.start_mark.index, digest.end_mark.index)
        return Mention(path, name, tag.value, digest.value, tagging, pinning)
    if text[entry.start_mark.index] == "{":
        pinning = Edit(tag.end_mark.index, tag.end_mark.index, ", digest: ")
    else:  # a line below, after the comment that may stand there
        end = text.find("\n", tag.end_mark.index)
        end = len(text) if end < 0 else end
        pinning = Edit(end, end, f"\n{' ' * key.start_mark.column}digest: ")
    return Mention(path, name, tag.value, "", tagging, pinning)


def _from(path: Path, image: str, start: int) -> Mention:
    if "$" in image:
        raise UserError(f"{path}: FROM {image} is a variable's image; name it there itself.")
    tagged, _, digest = image.partition("@")
    folder, slash, last = tagged.rpartition("/")
    short, _, tag = last.partition(":")
    if not tag:
        raise UserError(f"{path}: FROM {image} names no tag; say which one is meant.")
    middle, end = start + len(tagged) - len(tag), start + len(tagged)
    whole = start + len(image)
    return Mention(
        path, f"{folder}{slash}{short}", tag, digest, Edit(middle, end), Edit(end, whole, "@")
    )


def _keys(node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping, by the text of the key; of anything else there are none."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: (key, value) for key, value in node.value}
