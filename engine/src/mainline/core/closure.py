"""Which modules of a package a module imports, in any depth, found in the source.

Imports inside functions and those for type checkers count as well: a file too many costs a
training, a file too few lets an old model stand.
"""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

from mainline.core.errors import MainlineError


def closure(package: Path, module: str) -> dict[str, Path]:
    """`module` and all modules of the package in the folder `package` that it imports, by name.

    Python runs the `__init__.py` of each folder above a module, so these count, with what they
    import. A name that is no file of the package is left out. Raises MainlineError when a file
    cannot be parsed.
    """
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = _file(package, name)
        if name and name not in found:
            waiting.append(name.rpartition(".")[0])
            if file:
                found[name] = file
                waiting += _imports(name, file)
    return found


def _file(package: Path, name: str) -> Path | None:
    top, *parts = name.split(".")
    if top != package.name:
        return None
    path = package.joinpath(*parts)
    names = [path / "__init__.py", *([path.with_name(f"{parts[-1]}.py")] if parts else [])]
    return next((each for each in names if each.is_file()), None)


def _imports(name: str, file: Path) -> Iterator[str]:
    """Every dotted name that an import of `file` may stand for."""
    try:
        tree = ast.parse(file.read_bytes(), filename=str(file))
    except (SyntaxError, ValueError) as error:
        raise MainlineError(f"cannot be parsed as Python: {error}", where=file) from None
    folder = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), folder)
            yield from (base, *(f"{base}.{alias.name}" for alias in node.names))
