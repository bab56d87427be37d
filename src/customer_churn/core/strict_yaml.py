"""YAML as DVC reads it (1.2: `yes` is text, `1e-3` a number), with no key twice."""

import re
from typing import Any

import yaml

from customer_churn.core.errors import UserError

BOOL, FLOAT, MERGE = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "merge"))


class _Loader(yaml.SafeLoader):
    """PyYAML knows YAML 1.1: a file with two readings would be one thing to DVC, another to us.

    It also lets the second of two equal keys win in silence; here that is an error.
    """

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (BOOL, FLOAT)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

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
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise UserError(f"{name} is not valid YAML: {error}") from None
    if not isinstance(value, dict):
        raise UserError(f"{name} holds no `key: value` lines.")
    return value
