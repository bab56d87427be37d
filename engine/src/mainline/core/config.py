"""Reads `params.yaml` into typed settings. Errors name the key and the nearest known key."""

import dataclasses
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml


class Settings(BaseModel):
    """Base of every section: immutable; unknown keys and silent conversions are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


AnySettings = TypeVar("AnySettings", bound=BaseModel)


def read_params(root: Path) -> dict[str, Any]:
    """The whole of `params.yaml` as plain values. Raises SettingsError when it cannot be read."""
    path = Layout(root).params
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{Layout.params} does not exist in {root.resolve()}.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{Layout.params} is not UTF-8 text: {error}") from None
    return read_yaml(text, name=str(Layout.params))


def section(root: Path, name: str, settings: type[AnySettings]) -> AnySettings:
    """One section of `params.yaml`, checked. Raises SettingsError that names every wrong key."""
    values = read_params(root)
    if name not in values:
        found = ", ".join(f"'{key}'" for key in values)
        raise SettingsError(f"{Layout.params}: the section '{name}' is missing; found {found}.")
    return parse(settings, values[name], name=str(Layout.params), prefix=(name,))


def parse(
    settings: type[AnySettings], values: Any, *, name: str, prefix: tuple[str, ...] = ()
) -> AnySettings:
    """Check `values` against `settings`. `prefix` is their key in the file called `name`.

    Raises SettingsError with one line for each wrong key: what is wrong, what was given, and for an
    unknown key the nearest known one.
    """
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        lines: dict[tuple[str, ...], str] = {}
        for problem in error.errors():  # a union reports once for each alternative: keep the first
            lines.setdefault(
                tuple(_walk(settings, problem["loc"])[0]), _line(settings, problem, prefix)
            )
        raise SettingsError("\n".join(f"{name}: {line}" for line in lines.values())) from None


def of_dataclass(kind: Any) -> type[Settings]:
    """Settings with the fields and defaults of a dataclass."""
    hints = get_type_hints(kind)
    fields: dict[str, Any] = {}
    for each in dataclasses.fields(kind):
        default: Any = ...
        if each.default is not dataclasses.MISSING:
            default = each.default
        elif each.default_factory is not dataclasses.MISSING:
            default = each.default_factory()
        fields[each.name] = (hints[each.name], default)
    return create_model(kind.__name__, __base__=Settings, **fields)


def _line(settings: type[BaseModel], problem: Mapping[str, Any], prefix: tuple[str, ...]) -> str:
    path, known = _walk(settings, problem["loc"])
    key = ".".join((*prefix, *path)) or "the file"
    match problem["type"]:
        case "extra_forbidden":
            return f"'{key}' is not a setting{nearest(path[-1], known, (*prefix, *path[:-1]))}"
        case "missing":
            return f"'{key}' is missing."
        case "union_tag_not_found":
            return f"'{key}.kind' is missing."
        case "union_tag_invalid":
            tag, expected = problem["ctx"]["tag"], problem["ctx"]["expected_tags"]
            return f"'{key}.kind' is {tag!r}; it should be one of {expected}."
        case "value_error":
            return f"'{key}': {problem['ctx']['error']}"
    given = problem["input"]
    return f"'{key}' is {given!r} ({type(given).__name__}); {_expected(problem)}."


def _expected(problem: Mapping[str, Any]) -> str:
    """Pydantic's message, with a hint on YAML's syntax where it helps."""
    kind, text = str(problem["type"]), str(problem["msg"])
    if kind in ("model_type", "dict_type"):
        return "it should be a group of `key: value` lines"
    how = ""
    if kind == "string_type":
        how = ", in quotes"
    elif kind in ("int_type", "float_type") and isinstance(problem["input"], str):
        how = ", without quotes"
    return text.replace("Input should", "it should", 1) + how


def nearest(key: str, known: list[str], parents: tuple[str, ...] = ()) -> str:
    """The end of an error about an unknown name: the nearest known name, or all known names."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{'.'.join((*parents, close[0]))}'?"
    return f"; known here: {', '.join(known)}."


def _walk(settings: Any, loc: tuple[Any, ...]) -> tuple[list[str], list[str]]:
    """The path of an error without the tags of unions, and the names known at its end."""
    path: list[str] = []
    known: list[str] = []
    current = settings
    for part in loc:
        members = _members(current)
        tagged = [member for member in members if _tag(member) == part]
        if tagged:
            current = tagged[0]
            continue
        if len(members) > 1 and part in [getattr(member, "__name__", None) for member in members]:
            continue  # the alternative of a union of plain types
        model = next((m for m in members if isinstance(m, type) and issubclass(m, BaseModel)), None)
        known = list(model.model_fields) if model else []
        path.append(str(part))
        if model and part in model.model_fields:
            current = model.model_fields[part].annotation
        else:
            current = next((arg for m in members for arg in get_args(m)[-1:]), None)
    return path, known


def _members(annotation: Any) -> list[Any]:
    """The alternatives of a type annotation; the annotation itself when it is not a union."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (list, dict, None):
        return [annotation]
    return [member for arg in get_args(annotation) for member in _members(arg)]


def _tag(annotation: Any) -> Any:
    kind = getattr(annotation, "model_fields", {}).get("kind")
    return kind and kind.default
