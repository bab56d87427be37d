"""The section `package` of `params.yaml`, and the operations that `gate` allows."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from mainline.core import config
from mainline.core.config import Settings
from mainline.core.layout import Layout
from mainline.graph.operations import why_not

# A registry (host, port) and a path of lower-case names, without `@sha256:`.
REPOSITORY = re.compile(
    r"([a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?/)?"
    r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
)


class PackageSettings(Settings):
    """`name` is the served model's name, `image` the repository without tag or digest."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")  # a folder's name, part of a URL
    image: str
    golden_rows: int = Field(default=16, ge=4, le=1000)

    @field_validator("image")
    @classmethod
    def _repository(cls, image: str) -> str:
        if not REPOSITORY.fullmatch(image):
            raise ValueError(f"{image!r} must be a lower-case repository without tag or digest.")
        return image


class GraphSettings(Settings):
    """`operations` of TensorFlow that the graph may hold beyond the engine's list."""

    operations: list[str] = []

    @field_validator("operations")
    @classmethod
    def _harmless(cls, operations: list[str]) -> list[str]:
        for name in operations:
            reason = why_not(name)
            if reason:
                raise ValueError(f"{name!r} cannot be allowed: {reason}.")
        return operations


def operations(root: Path) -> frozenset[str]:
    """`gate.operations` of the project at `root`. Raises SettingsError."""
    gate = config.read_params(root).get("gate")
    known = (
        {"operations": gate["operations"]}
        if isinstance(gate, dict) and "operations" in gate
        else {}
    )
    found = config.parse(GraphSettings, known, name=str(Layout.params), prefix=("gate",))
    return frozenset(found.operations)
