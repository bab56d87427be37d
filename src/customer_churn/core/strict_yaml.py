"""YAML as DVC reads it (1.2: `yes` is text, `1e-3` a number), with no key twice."""

import re
from typing import Any

import yaml

from customer_churn.core.errors import UserError

LONGEST, MOST, DEEPEST = 1_000_000, 100_000, 40  # characters, values, levels: a person's files
BOOL, FLOAT, MERGE = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "merge"))


class _Loader(yaml.SafeLoader):
    """PyYAML knows YAML 1.1: a file with two readings would be one thing to DVC, another to us.

    It also lets the second of two equal keys win in silence; here that is an error.
    """

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (BOOL, FLOAT)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.level = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.level == DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "this is nested too deeply", mark)
        self.level += 1
        node = super().compose_node(parent, index)
        self.level -= 1
        return node

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > MOST:  # merges of merges, each ten times the one before
            raise yaml.constructor.ConstructorError(
                None, None, f"this merges more than {MOST:,} keys", node.start_mark
            )

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands here twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver(
    BOOL, re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)
_Loader.add_implicit_resolver(
    FLOAT,
    re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
    ),
    list("-+0123456789."),
)


def read_yaml(text: str, *, name: str) -> dict[str, Any]:
    """Parse a YAML mapping. Raises UserError with the line when it is not one."""
    if len(text) > LONGEST:
        raise UserError(
            f"{name} is {len(text):,} characters long; expected at most {LONGEST:,}. Is it the "
            "right file?"
        )
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from SafeLoader
        _count(value, {})
    except yaml.YAMLError as error:
        raise UserError(f"{name} is not valid YAML: {error}") from None
    except Exception as error:  # a value that lies about its type breaks PyYAML in many ways
        raise UserError(f"{name} is not valid YAML: {type(error).__name__}: {error}") from None
    if not isinstance(value, dict):
        raise UserError(f"{name} holds no `key: value` lines.")
    return value


def _count(value: Any, known: dict[int, int]) -> int:
    """How many values this is once its aliases are written out. Raises ValueError on a bomb."""
    if not isinstance(value, dict | list | set | tuple):
        return 1
    if id(value) not in known:
        known[id(value)] = MOST  # for whoever finds itself in itself
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(item, known) for item in inner)
    if known[id(value)] >= MOST:
        raise ValueError(f"more than {MOST:,} values, once aliases (*name) are written out")
    return known[id(value)]
