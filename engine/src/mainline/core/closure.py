"""Which files of a source folder some modules import, in any depth, found without running them."""

from modulefinder import ModuleFinder
from pathlib import Path


def closure(source: Path, *modules: str) -> dict[str, Path]:
    """These modules and all that they import from the folder `source`: names and files.

    Python runs the `__init__.py` of each folder above a module, so these count, with what they
    import. Imports inside functions and those for type checkers count as well: a file too many
    costs a training, a file too few lets an old model stand. Raises ImportError or SyntaxError
    when one of `modules` cannot be read.
    """
    finder = ModuleFinder(path=[str(source)])
    for module in modules:
        finder.import_hook(module)
    files = {name: getattr(each, "__file__", None) for name, each in finder.modules.items()}
    return {name: Path(file) for name, file in files.items() if file}
