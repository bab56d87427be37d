"""The five names of a project: where they are kept, how they are spelled, what they may be."""

import json
import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

# The source is laid out so that names of these lengths fit its lines; a test renders them.
LONGEST_TITLE = 45
LONGEST_SLUG = 45  # a Kubernetes name has 63 characters, and manifests append to this one
LONGEST_PACKAGE = 30

_TITLE = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ](?:[ .-]?[(]?[A-Za-z0-9À-ÖØ-öø-ÿ]+[)]?)*")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PACKAGE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_OWNER = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_REGISTRY = re.compile(
    r"(?:localhost|[a-z0-9-]+(?:[.][a-z0-9-]+)+|[a-z0-9-]+(?=:))(?::[0-9]+)?"
    r"(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
)


@dataclass(frozen=True)
class Names:
    """What tells one project from another."""

    project_name: str
    project_slug: str
    package_name: str
    owner: str
    registry: str

    @classmethod
    def of(cls, root: Path) -> "Names":
        """The names that the tree at `root` bears, from the one place that lists them."""
        settings = json.loads((root / "cookiecutter" / "cookiecutter.json").read_text("utf-8"))
        return cls.chosen(settings["_names"])

    @classmethod
    def chosen(cls, answers: Mapping[str, Any]) -> "Names":
        """The names among cookiecutter's answers."""
        return cls(**{field.name: str(answers[field.name]) for field in fields(cls)})

    def spellings(self) -> tuple[str, ...]:
        """Everything that a file may say to name the project, in the same order for any project.

        Owner and registry count only next to something that is the project's own: other people's
        images live at the same registry, and an owner's name may be an ordinary word.
        """
        return (
            self.project_name,
            self.project_slug,
            self.package_name,
            f"{self.registry}/{self.owner.lower()}",  # image names have no capitals, owners may
            f"{self.owner}/{self.project_slug}",
            f"@{self.owner}",
            f'"owner": "{self.owner}"',
            f'"registry": "{self.registry}"',
        )

    def problems(self) -> Iterator[str]:
        """Why these names would not work, one sentence each."""
        if not _TITLE.fullmatch(self.project_name) or len(self.project_name) > LONGEST_TITLE:
            yield (
                f"project_name: {self.project_name!r} must start with a letter and hold letters,"
                f" digits, single spaces, dots, hyphens and brackets, {LONGEST_TITLE} characters"
                " at most; it is written into YAML, TOML, JSON and Python as it is."
            )
        if not _SLUG.fullmatch(self.project_slug) or len(self.project_slug) > LONGEST_SLUG:
            yield (
                f"project_slug: {self.project_slug!r} must be lower-case letters and digits,"
                f" joined by single hyphens, a letter first, {LONGEST_SLUG} characters at most;"
                " Kubernetes takes nothing else."
            )
        yield from self._package_problems()
        if not _OWNER.fullmatch(self.owner) or len(self.owner) > 39:
            yield (
                f"owner: {self.owner!r} must be the GitHub organisation or user alone, such as"
                " your-team: letters, digits and single hyphens."
            )
        if not _REGISTRY.fullmatch(self.registry):
            yield (
                f"registry: {self.registry!r} must be a lower-case host, if need be with a port"
                " or a path, and without https:// or a slash at the end, such as docker.io."
            )
        if len({self.project_name, self.project_slug, self.package_name}) < 3:
            yield (
                "project_name, project_slug and package_name must be spelled differently (say, with"
                " a capital, with hyphens, with _model at the end): your project is a template"
                " in turn, and tells them apart by their spelling."
            )

    def _package_problems(self) -> Iterator[str]:
        name = self.package_name
        if not _PACKAGE.fullmatch(name) or len(name) > LONGEST_PACKAGE:
            yield (
                f"package_name: {name!r} must be lower-case letters and digits, joined by single"
                f" underscores, a letter first, {LONGEST_PACKAGE} characters at most."
            )
        elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
            yield f"package_name: {name!r} is a word of the Python language."
        elif name in sys.stdlib_module_names:
            yield f"package_name: {name!r} is a module of Python's standard library."
