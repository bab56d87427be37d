"""The project's own Python: found by `[tool.mainline] package`, imported here and nowhere else."""

import ast
import dataclasses
import importlib
import inspect
import sys
import tomllib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin, get_type_hints

from pydantic import BaseModel

from mainline.core import config
from mainline.core.errors import MainlineError, SettingsError
from mainline.core.layout import Layout

PYPROJECT, SOURCE = Layout.pyproject, Layout.source
SECTION = 'package = "my_package" in [tool.mainline]'
ENGINE = __name__.partition(".")[0]
_entered: set[str] = set()  # source folders of projects that this process has worked in


@dataclass(frozen=True)
class Function:
    """A function of the project; `file` is relative to the project's top. Call it by keywords."""

    call: Callable[..., Any]
    file: str
    name: str

    def __str__(self) -> str:
        return f"{self.file}, function {self.name}"

    def __call__(self, **arguments: Any) -> Any:
        """Call it. Its exceptions keep their traceback and get a note that names it."""
        try:
            return self.call(**arguments)
        except MainlineError:
            raise
        except SystemExit:
            raise self.wrong("ended the process.", found="sys.exit", expected="a result") from None
        except Exception as error:
            error.add_note(f"This is the project's own code: {self}.")
            raise

    @property
    def about(self) -> str:
        """The first line of its docstring; empty without one."""
        return (inspect.getdoc(self.call) or "").partition("\n")[0]

    def wrong(
        self, message: str, *, found: object = None, expected: object = None, hint: str = ""
    ) -> SettingsError:
        """The error about what it takes or returns."""
        return SettingsError(message, where=self, found=found, expected=expected, hint=hint or None)

    def options(self, values: dict[str, Any], key: tuple[str, ...], name: str = "") -> Any:
        """`values` of the setting `key`, checked against the annotation of the parameter `options`.

        The annotation is a class of `Settings` (or another pydantic model), a dataclass, or absent
        or a dict: then the values come through as they are. Raises SettingsError that names every
        wrong key of the file `name`.
        """
        kind = self._annotation()
        if kind in (None, Any) or dict in (kind, get_origin(kind)):
            return values
        name = name or str(Layout.params)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return config.parse(kind, values, name=name, prefix=key)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            checked = config.parse(config.of_dataclass(kind), values, name=name, prefix=key)
            return kind(**{each: getattr(checked, each) for each in type(checked).model_fields})
        raise self.wrong(
            "`options` has an annotation that no settings can be checked with.",
            found=kind,
            expected=f"a class of {ENGINE}.extension.Settings, a dataclass or none",
        )

    def _annotation(self) -> Any:
        try:
            return get_type_hints(self.call).get("options")
        except Exception as error:  # a name in an annotation may be anything
            raise self.wrong(f"its annotations cannot be read ({error}).") from None


@dataclass(frozen=True)
class Package:
    """The package called `name` in `top`/src."""

    top: Path
    name: str

    @classmethod
    def of(cls, root: Path) -> "Package":
        """The package of the model in `root`, named at the top of its git repository.

        Raises SettingsError when no pyproject.toml from `root` upwards names one.
        """
        here, seen = root.resolve(), []
        for folder in (here, *here.parents):
            file = folder / PYPROJECT
            if file.is_file():
                section = _section(file)
                if section is not None:
                    return cls(folder, _name(file, section))
                seen.append(str(file))
            if (folder / ".git").exists():
                break
        raise SettingsError(
            "no package of the project is named.",
            where=seen[0] if seen else here / PYPROJECT,
            found="no section [tool.mainline]" if seen else "no such file",
            expected=SECTION,
            hint=f"The package is a folder in {SOURCE}/.",
        )

    @property
    def folder(self) -> Path:
        """Where its modules are."""
        return self.top / SOURCE / self.name

    def file(self, module: str) -> str:
        """The file of a module of this package, relative to the top."""
        return f"{SOURCE}/{self.name}/{module.replace('.', '/')}.py"

    def module(self, module: str) -> ModuleType | None:
        """Import a module of the package; None when it has no such file.

        Raises SettingsError when the package or the module cannot be imported.
        """
        if (self.top / SOURCE / ENGINE).exists():
            raise SettingsError(f"{SOURCE}/{ENGINE} would hide the engine.", hint="Rename it.")
        if not (self.folder / "__init__.py").is_file():
            raise SettingsError(
                f"the package '{self.name}' cannot be imported.",
                where=self.top / PYPROJECT,
                found="no such file",
                expected=self.folder / "__init__.py",
                hint="Make it, or name another package in [tool.mainline].",
            )
        if not (self.top / self.file(module)).is_file():
            return None
        self._enter()
        try:
            return importlib.import_module(f"{self.name}.{module}")
        except MainlineError:
            raise
        except (Exception, SystemExit) as error:  # a module may raise anything
            raise SettingsError(
                f"cannot be imported: {type(error).__name__}: {error}{self._line(error)}.",
                where=self.file(module),
                hint="Mend it, or install what it imports.",
            ) from error

    def _enter(self) -> None:
        """This folder wins over an installed package and over another checkout's."""
        source = str(self.top / SOURCE)
        loaded = sys.modules.get(self.name)
        if loaded is not None and str(self.folder) not in list(getattr(loaded, "__path__", [])):
            for name in [*sys.modules]:
                if name == self.name or name.startswith(f"{self.name}."):
                    del sys.modules[name]
        sys.path[:] = [source, *(each for each in sys.path if each not in {source, *_entered})]
        _entered.add(source)
        importlib.invalidate_caches()

    def _line(self, error: BaseException) -> str:
        """Where in the project's code an import stopped."""
        if isinstance(error, SyntaxError):
            return ""  # says so itself
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(self.folder)
        ]
        if not own:
            return ""
        return f" ({Path(own[-1].filename).relative_to(self.top)}, line {own[-1].lineno})"


def _section(file: Path) -> Mapping[str, Any] | None:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot be read: {error}", where=file) from None
    section = values.get("tool", {}).get("mainline")
    return section if isinstance(section, dict) else None


def _name(file: Path, section: Mapping[str, Any]) -> str:
    name = section.get("package")
    usable = isinstance(name, str) and name.isidentifier()
    if not usable or name == ENGINE or name in sys.stdlib_module_names:
        raise SettingsError(
            "[tool.mainline] names no package of the project.",
            where=file,
            found="nothing" if name is None else repr(name),
            expected=f"the name of a folder in {SOURCE}/: {SECTION}",
        )
    return str(name)


def function(root: Path, module: str, name: str, parameters: tuple[str, ...]) -> Function | None:
    """The project's function `name` of `module`; None when there is none.

    Raises SettingsError when it is not a function or cannot be called with these parameters.
    """
    package = Package.of(root)
    found = package.module(module)
    if found is None or not hasattr(found, name):
        return None
    return _fitting(Function(getattr(found, name), package.file(module), name), parameters)


def required(root: Path, module: str, name: str, parameters: tuple[str, ...]) -> Function:
    """As `function`, for one that every project has."""
    found = function(root, module, name, parameters)
    if found is None:
        package = Package.of(root)
        exists = (package.top / package.file(module)).is_file()
        raise SettingsError(
            f"the project has no function '{name}'.",
            where=package.file(module),
            found=f"no function '{name}' in it" if exists else "no such file",
            expected=f"def {name}({', '.join(parameters)})",
        )
    return found


def functions(root: Path, module: str, parameters: tuple[str, ...]) -> list[Function]:
    """Every public function that `module` defines, in its order; what it imports does not count.

    Raises SettingsError when one cannot be called with these parameters.
    """
    package = Package.of(root)
    found = package.module(module)
    made = [
        _fitting(Function(value, package.file(module), name), parameters)
        for name, value in (vars(found).items() if found else ())
        if inspect.isfunction(value)
        and value.__module__ == f"{package.name}.{module}"
        and not name.startswith("_")
    ]
    for name in public_names(root, module):
        if name not in [each.name for each in made]:  # a decorator made something else of it
            why = f"'{name}' is not a function any more once it is decorated."
            raise SettingsError(why, where=package.file(module), hint="Use functools.wraps.")
    return made


def named(root: Path, place: str, parameters: tuple[str, ...], key: str) -> Function:
    """The function at `package.module:name`, which the setting `key` says."""
    package = Package.of(root)
    module, _, name = place.partition(":")
    parent, _, module = module.partition(".")
    if parent != package.name or not module or not name:
        raise SettingsError(
            f"'{key}' names no function of the project.",
            where=Layout.params,
            found=repr(place),
            expected=f"'{package.name}.MODULE:FUNCTION'",
        )
    return required(root, module, name, parameters)


def public_names(root: Path, module: str) -> list[str]:
    """The names that `functions` would find, read from the file without importing it."""
    package = Package.of(root)
    path = package.top / package.file(module)
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, SyntaxError) as error:
        raise SettingsError(f"cannot be read: {error}", where=package.file(module)) from None
    defined = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    return [name for name in defined if not name.startswith("_")]


def _fitting(found: Function, parameters: tuple[str, ...]) -> Function:
    expected = f"def {found.name}({', '.join(parameters)})"
    if not inspect.isfunction(found.call):
        kind = type(found.call).__name__
        raise found.wrong("is not a function.", found=f"a {kind}", expected=expected)
    signature = inspect.signature(found.call)
    try:
        signature.bind(**dict.fromkeys(parameters))
    except TypeError as error:
        raise found.wrong(
            f"cannot be called as the engine calls it ({error}).",
            found=f"def {found.name}{signature}",
            expected=expected,
            hint="It is called by these names; parameters of your own need a default.",
        ) from None
    return found
