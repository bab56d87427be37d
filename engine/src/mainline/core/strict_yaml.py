"""Reads YAML as DVC does (1.2: `yes` is text, `1e-3` a number) and refuses duplicate keys."""

import pickle
import re
from functools import lru_cache
from typing import Any

import yaml

from mainline.core.errors import MainlineError

LONGEST, MOST, DEEPEST = 1_000_000, 100_000, 40  # characters, values, levels
KEPT = 32  # cached texts
BOOL, FLOAT, INT, MERGE, STR = (
    f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "merge", "str")
)


class _Strict:
    """The checks of both loaders below, as hooks that PyYAML's C and Python code call.

    PyYAML reads YAML 1.1, in which `yes` is true and `010` is eight. It silently accepts duplicate
    keys and uses the last one.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)  # type: ignore[call-arg]
        self.level = 0
        self.flat: set[yaml.Node] = set()
        self.merged = 0

    def descend_resolver(self, parent: yaml.Node | None, _index: Any) -> None:
        """Called before each node. Limits the depth: the C code would overflow its stack."""
        self.level += 1
        if parent is not None and self.level > DEEPEST:
            mark = parent.start_mark
            raise yaml.composer.ComposerError(None, None, "this is nested too deeply", mark)

    def ascend_resolver(self) -> None:
        """Called after each node."""
        self.level -= 1

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called before each mapping is built, and again for each mapping that merges it."""
        if node in self.flat:
            return
        self.flat.add(node)
        self._no_key_twice(node)
        super().flatten_mapping(node)  # type: ignore[misc]
        self.merged += len(node.value)
        if self.merged > MOST:  # nested merges can grow tenfold at each level
            raise yaml.constructor.ConstructorError(
                None, None, f"this merges more than {MOST:,} keys", node.start_mark
            )

    def _no_key_twice(self, node: yaml.MappingNode) -> None:
        seen = set()
        for key_node, _ in node.value:
            key: Any = key_node.value
            if key_node.tag == MERGE:
                key = MERGE
            elif key_node.tag != STR:
                key = self.construct_object(key_node, deep=True)  # type: ignore[attr-defined]
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key_node.value}' is here twice", key_node.start_mark
                )
            seen.add(key)


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    """`010` is ten; octal numbers begin with `0o`."""
    text = str(loader.construct_scalar(node)).replace("_", "")
    return int(text, 0 if text.lstrip("+-")[:2] in ("0b", "0o", "0x") else 10)


class _Clear(_Strict, yaml.SafeLoader):
    """The loader in Python. Its errors show the line."""


class _Fast(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The loader in C, eight times as fast. Without libyaml it is in Python too."""


for _loader in (_Clear, _Fast):
    _loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (BOOL, FLOAT, INT)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    # The patterns are those of ruamel.yaml, which DVC reads with.
    for _tag, _pattern, _first in (
        (BOOL, r"true|True|TRUE|false|False|FALSE", "tTfF"),
        (
            FLOAT,
            r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
            r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
            "-+0123456789.",
        ),
        (
            INT,
            r"[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+",
            "-+0123456789",
        ),
    ):
        _loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))
    _loader.add_constructor(INT, _integer)


def read_yaml(text: str, *, name: str) -> dict[str, Any]:
    """Parse a YAML mapping. Raises MainlineError with the line when it is not one.

    Each text is parsed once and cached. Each caller gets its own copy.
    """
    if len(text) > LONGEST:
        raise MainlineError(
            f"{name} is {len(text):,} characters long; expected at most {LONGEST:,}. Check that "
            "it is the right file."
        )
    try:
        value = pickle.loads(_parsed(text))  # noqa: S301 - our own bytes
    except yaml.YAMLError as error:
        raise MainlineError(f"{name} is not valid YAML: {error}") from None
    except Exception as error:  # a wrong tag raises many kinds of errors in PyYAML
        raise MainlineError(f"{name} is not valid YAML: {type(error).__name__}: {error}") from None
    if not isinstance(value, dict):
        raise MainlineError(f"{name} has no `key: value` lines.")
    return value


@lru_cache(KEPT)
def _parsed(text: str) -> bytes:
    """The value of a text, pickled: a copy is fifty times as fast as parsing."""
    if re.search(r"^%YAML", text, re.MULTILINE):
        raise yaml.YAMLError("remove the line %YAML: DVC would read the file as that version")
    try:  # libyaml accepts a tab as a space; DVC and the Python loader refuse it
        value = yaml.load(text, Loader=_Clear if "\t" in text else _Fast)  # noqa: S506 - both safe
    except yaml.YAMLError:
        yaml.load(text, Loader=_Clear)  # noqa: S506 - the same error, with the line
        raise
    _count(value, {})
    return pickle.dumps(value)


def _count(value: Any, known: dict[int, int]) -> int:
    """The number of values after expanding aliases. Raises ValueError when there are too many."""
    if not isinstance(value, dict | list | set | tuple):
        return 1
    if id(value) not in known:
        known[id(value)] = MOST  # for a value that contains itself
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(item, known) for item in inner)
    if known[id(value)] >= MOST:
        raise ValueError(f"more than {MOST:,} values after expanding aliases (*name)")
    return known[id(value)]
