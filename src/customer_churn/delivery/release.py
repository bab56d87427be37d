"""Stage `release`: the one file that changes to deploy, and the only reader of one."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import yaml

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import read_json, write_text
from customer_churn.core.progress import say

HEADER = """\
# Written by `dvc repro release`; a person changes params, code or data instead. Kustomize spreads
# these values over the manifests, Argo CD deploys them, reverting this file's commit takes them back.
"""


@dataclass(frozen=True)
class Release:
    """One model as the cluster sees it. `image` is pinned by digest; `content` names the model."""

    name: str
    version: str
    image: str
    digest: str
    content: str

    @classmethod
    def from_descriptor(cls, descriptor: dict[str, Any]) -> Self:
        """The release of a packaged model. Raises UserError when the descriptor lacks a part."""
        try:
            return cls(
                name=descriptor["name"],
                version=str(descriptor["version"]),
                image=f"{descriptor['image']}@{descriptor['digest']}",
                digest=descriptor["digest"],
                content=descriptor["content"],
            )
        except (KeyError, TypeError) as error:
            raise UserError(
                f"{paths.DESCRIPTOR} is no descriptor ({error}); `dvc repro package` writes it."
            ) from None

    @classmethod
    def parse(cls, text: str, *, name: str) -> Self:
        """Read a release file's text. Raises UserError when a value is missing or not text."""
        try:
            data = yaml.safe_load(text)["data"]
            values = {field.name: data[field.name] for field in fields(cls)}
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise UserError(f"{name} is no release file: {error!r}.") from None
        wrong = [key for key, value in values.items() if not isinstance(value, str)]
        if wrong:
            raise UserError(f"{name} is no release file: data.{wrong[0]} is not text.")
        return cls(**values)

    def render(self) -> str:
        """The file: a ConfigMap that Kustomize reads values from and never sends to a cluster."""
        manifest = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "release",
                "annotations": {"config.kubernetes.io/local-config": "true"},
            },
            "data": asdict(self),
        }
        return HEADER + yaml.safe_dump(manifest, sort_keys=False, width=200)


def run(root: Path) -> None:
    """Write `paths.RELEASE` from `paths.DESCRIPTOR`."""
    descriptor = read_json(root / paths.DESCRIPTOR, made_by="dvc repro package")
    release = Release.from_descriptor(descriptor)
    write_text(root / paths.RELEASE, release.render())
    say("release", f"{paths.RELEASE} names version {release.version}")
