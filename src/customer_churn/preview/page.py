"""A Markdown file becomes one page, by the packages that are locked in `tools/`."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_churn.core import paths
from customer_churn.core.errors import MainlineError

TOOLS = Path("tools")
SCRIPT = TOOLS / "preview" / "render.mjs"
INSTALLED = TOOLS / "node_modules"
OLDEST = 20
ERROR = re.compile(r"\w*Error\b.*: ")  # above it stands the line that raised it
MADE_BY = {
    paths.COMMENT: "make run",
    paths.MODEL_CARD: "make run",
}


@dataclass(frozen=True)
class Page:
    """The whole page, and what is wrong with its charts, one line each."""

    html: str
    charts: int
    broken: list[str]


def render(root: Path, file: Path) -> Page:
    """The page of a file. Raises MainlineError when it, Node.js or a package is missing."""
    _readable(root, file)
    # In a comment GitHub keeps line ends, in a file it does not: what `reports` holds is posted.
    kind = ["--comment"] if paths.COMMENT.parent in file.parents else []
    done = subprocess.run(
        [_node(root), str(root / SCRIPT), str(root / file), str(file), *kind],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = next((line for line in said if ERROR.match(line)), (said or ["it said nothing"])[-1])
        raise MainlineError(
            f"{SCRIPT} failed: {why.strip()[:300]}. "
            "`npm ci --prefix tools` installs anew what it needs."
        )
    found = json.loads(done.stdout)
    return Page(found["page"], len(found["charts"]), _broken(file, found["charts"]))


def _broken(file: Path, charts: list[dict[str, Any]]) -> list[str]:
    wrong = [chart for chart in charts if "error" in chart]
    lines = [f", line {chart['line']}" if chart["line"] else "" for chart in wrong]
    return [
        f"{file}{line}: Mermaid cannot draw this chart: {' '.join(chart['error'].split())}"
        for chart, line in zip(wrong, lines, strict=True)
    ]


def _readable(root: Path, file: Path) -> None:
    try:
        (root / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        made_by = f"; `{MADE_BY[file]}` writes it" if file in MADE_BY else ""
        raise MainlineError(f"{file} does not exist{made_by}.") from None
    except UnicodeDecodeError:
        raise MainlineError(f"{file} is no Markdown: it is not UTF-8 text.") from None
    except OSError as error:
        raise MainlineError(f"{file} cannot be read: {error.strerror}.") from None


def _node(root: Path) -> str:
    """Node.js, with what the scripts import at hand."""
    node = shutil.which("node")
    if node is None:
        raise MainlineError(f"this needs Node.js {OLDEST} or later on PATH (https://nodejs.org).")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = said.stdout.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST:
        raise MainlineError(f"this needs Node.js {OLDEST} or later; found {said.stdout.strip()}.")
    if not (root / SCRIPT).is_file():
        raise MainlineError(f"{SCRIPT} does not exist; run this at the top of the project.")
    if not (root / INSTALLED / "marked").is_dir():
        raise MainlineError("the packages of `tools` are not installed: `npm ci --prefix tools`.")
    return node
