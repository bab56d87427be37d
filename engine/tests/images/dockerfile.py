"""A Dockerfile as stages of instructions; no more of the language than ours needs."""

import re
from dataclasses import dataclass, field


@dataclass
class Stage:
    """`source` is another stage's name or an image; instructions are (word, rest) in order."""

    name: str
    source: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for found, rest in self.instructions if found == word]


def stages(text: str) -> dict[str, Stage]:
    """By name, in order. Comments are no instructions; a backslash continues a line."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found: dict[str, Stage] = {}
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() == "FROM":
            source, _, name = rest.partition(" AS ")
            assert name, f"a stage without a name: {line}"
            assert name not in found, f"two stages {name}"
            stage = found[name] = Stage(name, source)
        elif word:
            assert found, f"{line} before FROM"
            stage.instructions.append((word.upper(), rest.strip()))
    return found


def line_of(found: dict[str, Stage], name: str) -> list[Stage]:
    """A stage and those that it is made from, the first of them first."""
    stage = found[name]
    return [*(line_of(found, stage.source) if stage.source in found else []), stage]


def last(found: dict[str, Stage], name: str, word: str) -> str | None:
    """What holds of an instruction at the end of a stage."""
    said = [rest for stage in line_of(found, name) for rest in stage.all(word)]
    return said[-1] if said else None
