"""Reads and writes the release file, the only file that a deployment changes."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml

HEADER = """\
# Written by `dvc repro release`; a person changes params, code or data instead. Kustomize spreads
# these values over the manifests, Argo CD deploys them, reverting this commit takes them back.
apiVersion: v1
kind: ConfigMap
metadata:
  name: release
  annotations:
    config.kubernetes.io/local-config: "true"
data:
"""


@dataclass(frozen=True)
class Release:
    """One released model. `image` is pinned by digest; `content` is the model's content hash."""

    name: str
    version: str
    image: str
    digest: str
    content: str

    @classmethod
    def from_descriptor(cls, descriptor: dict[str, Any]) -> Self:
        """The release of a packaged model.

        Raises MainlineError when the descriptor lacks a value.
        """
        try:
            texts = {key: descriptor[key] for key in ("name", "image", "digest", "content")}
            version = int(descriptor["version"])
            wrong = [key for key, value in texts.items() if not isinstance(value, str)]
            if wrong:
                raise TypeError(f"{wrong[0]} is not text")
            image = f"{texts.pop('image')}@{texts['digest']}"
            return cls(version=str(version), image=image, **texts)
        except (KeyError, TypeError, ValueError) as error:
            raise MainlineError(
                f"{Layout.descriptor} is no descriptor ({error}); `dvc repro package` writes it."
            ) from None

    @classmethod
    def parse(cls, text: str, *, name: str) -> Self:
        """Parse a release file's text.

        Raises MainlineError when a value is missing or not text, or the image is not pinned to the
        digest.
        """
        try:
            data = read_yaml(text, name=name)["data"]
            values = {field.name: data[field.name] for field in fields(cls)}
        except (KeyError, TypeError) as error:
            raise MainlineError(f"{name} is not a release file: {error!r}.") from None
        wrong = [key for key, value in values.items() if not isinstance(value, str)]
        if wrong:
            raise MainlineError(f"{name} is not a release file: data.{wrong[0]} is not text.")
        if not values["image"].endswith(f"@{values['digest']}"):
            raise MainlineError(
                f"{name} is not a release file: data.image is not pinned to data.digest."
            )
        return cls(**values)

    @classmethod
    def read(cls, root: Path) -> Self:
        """The release in the working tree. Raises MainlineError when it is missing or invalid."""
        try:
            text = Layout(root).release.read_text(encoding="utf-8")
        except OSError:
            raise MainlineError(
                f"{Layout.release} does not exist; `dvc repro` writes it."
            ) from None
        except UnicodeDecodeError as error:
            raise MainlineError(f"{Layout.release} is no release file: {error}.") from None
        return cls.parse(text, name=str(Layout.release))

    def render(self) -> str:
        """The file's text: a ConfigMap. Kustomize reads its values and does not apply it.

        Every value is quoted, because YAML readers disagree on unquoted text (`1e3`, `on`).
        """
        lines = (
            f"  {key}: {json.dumps(value, ensure_ascii=False)}\n"
            for key, value in asdict(self).items()
        )
        return HEADER + "".join(lines)
