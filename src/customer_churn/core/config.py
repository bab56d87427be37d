"""`params.yaml` to typed settings, with errors that name the key and the nearest right one."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from customer_churn.core import paths
from customer_churn.core.errors import UserError


class Settings(BaseModel):
    """Base of every section: unknown keys and silent conversions are refused, values are fixed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


AnySettings = TypeVar("AnySettings", bound=Settings)


class _UniqueKeys(yaml.SafeLoader):
    """YAML lets the second of two equal keys win in silence; here it is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands here twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(text: str, *, name: str) -> dict[str, Any]:
    """Parse a YAML mapping. Raises UserError with the line when it is not one."""
    try:
        value = yaml.load(text, Loader=_UniqueKeys)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise UserError(f"{name} is not valid YAML: {error}") from None
    if not isinstance(value, dict):
        raise UserError(f"{name} holds no `key: value` lines.")
    return value


def read_params(root: Path) -> dict[str, Any]:
    """The whole of `params.yaml` as plain values. Raises UserError when it cannot be read."""
    path = root / paths.PARAMS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{paths.PARAMS} does not exist in {root.resolve()}.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{paths.PARAMS} is not UTF-8 text: {error}") from None
    return read_yaml(text, name=str(paths.PARAMS))


def section(root: Path, name: str, settings: type[AnySettings]) -> AnySettings:
    """One section of `params.yaml`, checked. Raises UserError that names every wrong key."""
    values = read_params(root)
    if name not in values:
        raise UserError(f"{paths.PARAMS}: the section '{name}' is missing.")
    return parse(settings, values[name], name=str(paths.PARAMS), prefix=(name,))


def parse(
    settings: type[AnySettings], values: Any, *, name: str, prefix: tuple[str, ...] = ()
) -> AnySettings:
    """Check `values` against `settings`; `prefix` is where they stand in the file called `name`.

    Raises UserError with one line for each wrong key: what is wrong, what was given, and for an
    unknown key the nearest known one.
    """
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        lines = [_line(settings, problem, prefix) for problem in error.errors()]
        raise UserError("\n".join(f"{name}: {line}" for line in lines)) from None


def _line(settings: type[BaseModel], problem: Mapping[str, Any], prefix: tuple[str, ...]) -> str:
    path, known = _walk(settings, problem["loc"])
    key = ".".join((*prefix, *path)) or "the file"
    if problem["type"] == "extra_forbidden":
        return f"'{key}' is not a setting{_nearest(path[-1], known, (*prefix, *path[:-1]))}"
    if problem["type"] == "missing":
        return f"'{key}' is missing."
    if problem["type"] == "value_error":
        return f"'{key}': {problem['ctx']['error']}"
    given = problem["input"]
    return f"'{key}' is {given!r} ({type(given).__name__}): {problem['msg']}."


def _nearest(key: str, known: list[str], parents: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{'.'.join((*parents, close[0]))}'?"
    return f"; known here: {', '.join(known)}."


def _walk(settings: Any, loc: tuple[Any, ...]) -> tuple[list[str], list[str]]:
    """The dotted key of an error, without the tags of unions, and the names known at its end."""
    path: list[str] = []
    known: list[str] = []
    current = settings
    for part in loc:
        members = _members(current)
        tagged = [member for member in members if _tag(member) == part]
        if tagged:
            current = tagged[0]
            continue
        model = next((m for m in members if isinstance(m, type) and issubclass(m, BaseModel)), None)
        known = list(model.model_fields) if model else []
        path.append(str(part))
        if model and part in model.model_fields:
            current = model.model_fields[part].annotation
        else:
            current = next((arg for m in members for arg in get_args(m)[-1:]), None)
    return path, known


def _members(annotation: Any) -> list[Any]:
    """The alternatives that a type annotation allows; itself when it is no union."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (list, dict, None):
        return [annotation]
    return [member for arg in get_args(annotation) for member in _members(arg)]


def _tag(annotation: Any) -> Any:
    kind = getattr(annotation, "model_fields", {}).get("kind")
    return kind and kind.default
