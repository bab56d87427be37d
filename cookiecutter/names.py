"""The five names of a project: how they are spelled, what they may be."""

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

# A test renders names of these lengths, and the formatter finds nothing to change.
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


HERE = Names("Customer Churn", "customer-churn", "customer_churn", "your-org", "ghcr.io")


def taken(root: Path, names: Names) -> Iterator[str]:
    """Which names belong to a package that every project installs, one sentence each."""
    locks = [path.read_text("utf-8") for path in sorted(root.glob("requirements/*.txt"))]
    installed = {"mainline-ml"}.union(
        *(re.findall(r"^([a-z0-9-]+)==", text, re.M) for text in locks)
    )
    modules = {"mainline", "src", "tests"} | {name.replace("-", "_") for name in installed}
    for path in root.glob("engine/src/**/*.py"):
        modules.update(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.M))
    if names.project_slug in installed:
        yield f"project_slug: {names.project_slug!r} is a package that the project installs."
    if names.package_name in modules:
        yield f"package_name: {names.package_name!r} is a package that the project imports."
