"""Renders a Markdown file to an HTML page with the npm packages locked in `js/`."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say

SCRIPTS = Path(__file__).with_name("js")
RENDER = "render.mjs"
INSTALLED = "node_modules"
OLDEST = 20
ERROR = re.compile(r"\w*Error\b.*: ")  # the error line in Node's traceback
MADE_BY = {
    Layout.comment: "make run",
    Layout.model_card: "make run",
}


@dataclass(frozen=True)
class Page:
    """The page, its number of charts, and one line for each chart that cannot be drawn."""

    html: str
    charts: int
    broken: list[str]


def render(root: Path, file: Path) -> Page:
    """The page of a file. Raises MainlineError when it, Node.js or a package is missing."""
    _readable(root, file)
    # In a comment GitHub keeps line ends, in a file it does not: what `reports` holds is posted.
    kind = ["--comment"] if Layout.comment.parent in file.parents else []
    done = subprocess.run(
        [node(), str(SCRIPTS / RENDER), str(root / file), str(file), *kind],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = next((line for line in said if ERROR.match(line)), (said or ["no output"])[-1])
        raise MainlineError(
            f"{RENDER} failed: {why.strip()[:300]}.",
            hint=f"`rm -r {SCRIPTS / INSTALLED}` and run the same command again.",
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
        raise MainlineError(f"{file} is not Markdown: it is not UTF-8 text.") from None
    except OSError as error:
        raise MainlineError(f"{file} cannot be read: {error.strerror}.") from None


def node() -> str:
    """The path of Node.js. Installs the packages of the scripts if they are missing."""
    found = shutil.which("node")
    if found is None:
        raise MainlineError(f"this needs Node.js {OLDEST} or later on PATH (https://nodejs.org).")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    major = said.stdout.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST:
        raise MainlineError(f"this needs Node.js {OLDEST} or later; found {said.stdout.strip()}.")
    if not (SCRIPTS / INSTALLED / "marked").is_dir():
        _install()
    return found


def _install() -> None:
    say("preview", f"installing the packages of {SCRIPTS / 'package-lock.json'} (once)")
    command = ["npm", "ci", "--prefix", str(SCRIPTS), "--silent", "--ignore-scripts"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MainlineError("this needs npm on PATH; it comes with Node.js.") from None
    if done.returncode:
        raise MainlineError(f"`{' '.join(command[:2])}` failed: {done.stderr.strip()[-300:]}")
