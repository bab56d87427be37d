"""In the place of `uv`: what it would install is taken from the environment of the tests.

`make` calls it in four ways. A whole lock brings all packages of that environment; a few
requirements on standard input bring those alone, so that what needs another one fails as it would.
"""

import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from sysconfig import get_path

SCRIPT = """#!{python}
from mainline.cli.main import main
raise SystemExit(main())
"""


def link(requirements: str, packages: Path) -> None:
    """The top-level files and folders of every distribution that is named."""
    for name in re.findall(r"^([\w.-]+)==", requirements, re.MULTILINE):
        files = distribution(name).files or []
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (packages / top).symlink_to(Path(get_path("platlib"), top))


def run(words: list[str]) -> None:
    said = " ".join(words)
    if words[0] == "venv":
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], check=True)
        return
    packages = next(Path(".venv/lib").glob("python3*/site-packages"))
    if said.startswith("pip sync requirements/"):
        (packages / "whole-lock.pth").write_text(get_path("purelib"))
    elif said.startswith("pip install -r - "):
        link(sys.stdin.read(), packages)
    elif said.startswith("pip install ") and said.endswith(" -r requirements/all.txt"):
        pass  # the whole environment of the tests is there
    elif said.startswith("pip install ") and said.endswith("--no-deps --editable ."):
        (packages / "editable.pth").write_text(str(Path("src").resolve()))
        script = Path(".venv/bin/mainline")
        script.write_text(SCRIPT.format(python=Path(".venv/bin/python").absolute()))
        script.chmod(0o755)
    else:
        sys.exit(f"uv {said}: nobody has told this one how")


if __name__ == "__main__":
    run(sys.argv[1:])
