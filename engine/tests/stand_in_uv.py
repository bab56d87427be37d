"""In the place of `uv`: what it would install is taken from the environment of the tests.

`make` calls it in five ways. Whole locks bring all packages of that environment; a few requirements
on standard input bring those alone, so that what needs another one fails as it would. The engine is
the one under test, or that of the wheel which the project's lock names.
"""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from importlib.util import find_spec
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


def commands(packages: Path) -> None:
    """The project's package from its sources, and the engine."""
    engine, places = find_spec("mainline"), [Path("src").resolve()]
    assert engine is not None and engine.origin is not None
    wheel = re.match(r"\./(vendor/\S+\.whl) ", Path("requirements/engine.txt").read_text())
    if wheel:
        zipfile.ZipFile(wheel[1]).extractall(packages)
    else:
        places.append(Path(engine.origin).parents[1])
    (packages / "editable.pth").write_text("".join(f"{place}\n" for place in places))
    script = Path(".venv/bin/mainline")
    script.write_text(SCRIPT.format(python=Path(".venv/bin/python").absolute()))
    script.chmod(0o755)


def run(words: list[str]) -> None:
    if words[0] == "venv":
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], check=True)
        return
    packages = next(Path(".venv/lib").glob("python3*/site-packages"))
    what, last = " ".join(words[:2]), " ".join(words[-2:])
    if what == "pip sync":
        (packages / "whole-lock.pth").write_text(get_path("purelib"))
    elif what == "pip install" and last == "-r -":
        link(sys.stdin.read(), packages)
    elif what == "pip install" and last == "-r requirements/dev.txt":
        pass  # the whole environment of the tests is there
    elif what == "pip install" and "--no-deps --editable ." in " ".join(words):
        commands(packages)
    else:
        sys.exit(f"uv {' '.join(words)}: nobody has told this one how")


if __name__ == "__main__":
    run(sys.argv[1:])
