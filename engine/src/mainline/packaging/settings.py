"""The section `package` of `params.yaml`."""

import re

from pydantic import Field, field_validator

from mainline.core.config import Settings

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
