"""The section `package` of `params.yaml`."""

from pydantic import Field, field_validator

from customer_churn.core.config import Settings


class PackageSettings(Settings):
    """`name` is the served model's; `image` is the registry's repository, without tag or digest."""

    name: str
    image: str
    golden_rows: int = Field(default=16, ge=4, le=1000)

    @field_validator("image")
    @classmethod
    def _repository(cls, image: str) -> str:
        if "@" in image or ":" in image.rsplit("/", 1)[-1] or image != image.lower():
            raise ValueError(f"{image!r} must be a lower-case repository without tag or digest.")
        return image
