"""`engine.yaml`: the engine's version, and for each stage the SHA-256 of its code."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.stages import STAGES

NAME = str(Layout.engine)
HEAD = (
    "# Written by `mainline lock`: the engine, and the SHA-256 of the code that each stage runs.\n"
)
HINT = "`mainline lock` writes the file."
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EngineFile:
    """What `engine.yaml` says. `stages` holds every stage, by name."""

    version: str
    stages: dict[str, str]

    @classmethod
    def read(cls, root: Path) -> "EngineFile":
        """The file in `root`. Raises MainlineError when it is missing or damaged."""
        try:
            text = Layout(root).engine.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise MainlineError("does not exist.", where=NAME, hint=HINT) from None
        except (OSError, UnicodeDecodeError) as error:
            raise MainlineError(f"cannot be read: {error}", where=NAME, hint=HINT) from None
        return cls.parse(text, name=NAME)

    @classmethod
    def parse(cls, text: str, *, name: str) -> "EngineFile":
        """The text of the file called `name`. Raises MainlineError when it is damaged."""
        try:
            values = read_yaml(text, name=name)
        except MainlineError as error:
            raise MainlineError(str(error), hint=HINT) from None
        stages = values.get("stages")
        if not isinstance(stages, dict):
            raise MainlineError(
                "has no stages.", found=stages, expected="`name: hash` lines", where=name, hint=HINT
            )
        for stage in STAGES:
            if not HASH.fullmatch(str(stages.get(stage))):
                raise MainlineError(
                    f"'stages.{stage}' is no SHA-256.",
                    found=repr(stages.get(stage)),
                    expected="64 hex digits",
                    where=name,
                    hint=HINT,
                )
        return cls(str(values.get("version")), {stage: str(stages[stage]) for stage in STAGES})

    def other_code(self, other: "EngineFile") -> list[str]:
        """The stages that run on other code in `other`."""
        return [stage for stage in STAGES if self.stages[stage] != other.stages[stage]]

    def write(self, root: Path) -> bool:
        """Write the file if it says something else. Returns whether it did."""
        values = {"version": self.version, "stages": self.stages}
        text = HEAD + yaml.safe_dump(values, sort_keys=False)
        if Layout(root).engine.is_file() and Layout(root).engine.read_bytes() == text.encode():
            return False
        write_text(Layout(root).engine, text)
        return True
