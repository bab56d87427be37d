"""Charts of a Markdown file, parsed by the package that GitHub draws them with."""

import subprocess
from pathlib import Path

from mainline.preview.page import SCRIPTS, node


def parse(path: Path) -> subprocess.CompletedProcess[str]:
    """One line for each chart; the exit code is 1 when one does not parse, or there is none."""
    command = [node(), str(SCRIPTS / "parse_mermaid.mjs"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
