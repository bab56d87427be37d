"""Write `closures.json`, before the engine's wheel is built: `python -m mainline.lock.build`.

The Python that runs it needs the standard library alone.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from mainline.core.closure import closure
from mainline.core.errors import MainlineError
from mainline.core.files import json_text, write_text
from mainline.lock.closures import ENGINE, PLACE, PROJECT, hash_of
from mainline.stages import STAGES

# What the project's code imports, by the module that loads this code.
OF_PROJECTS = {
    "project": ("extension",),
    "model.design": ("model.layers_columns", "model.layers_members"),
}
NO_DATA = (".py", ".pyi", ".pyc", "~")  # ends of names: Python, and what editors leave


def main() -> None:
    """Write the file and print one line."""
    build()
    print(f"{PLACE}: what each of the {len(STAGES)} stages imports")


def build() -> None:
    """Write the closures of the engine in this source tree, if they have changed."""
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    stages = {name: _stage(ENGINE, module) for name, module in STAGES.items()}
    text = json_text({"version": version, "stages": stages})
    if not PLACE.is_file() or PLACE.read_text(encoding="utf-8") != text:
        write_text(PLACE, text)


def _stage(package: Path, module: str) -> dict[str, object]:
    names = files(package, module)
    return {"hash": hash_of(package.parent, names), "files": names}


def files(package: Path, module: str) -> list[str]:
    """Files that `module` is made of, below the folder that holds `package`, sorted.

    These are the modules of its closure and all data files in their folders: a module may read
    any of them, and a rule without a list cannot be forgotten. Raises MainlineError when `module`
    cannot be read.
    """
    try:
        found = closure(package.parent, module)
        for loader, imported in OF_PROJECTS.items():
            if f"{package.name}.{loader}" in found:
                for each in imported:
                    found |= closure(package.parent, f"{package.name}.{each}")
    except (ImportError, SyntaxError) as error:
        raise MainlineError(f"cannot be read: {error}.", where=module) from None
    modules = set(found.values())
    data = {found for folder in {each.parent for each in modules} for found in _data(folder)}
    return sorted(path.relative_to(package.parent).as_posix() for path in modules | data)


def _data(folder: Path) -> Iterator[Path]:
    """Data files in a folder of the package, and below it where no other package begins."""
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_dir():
            if not (path / "__init__.py").exists():
                yield from _data(path)
        elif not path.name.endswith(NO_DATA) and path != PLACE:
            yield path


if __name__ == "__main__":
    main()
