"""Argo's list of failed pods, `{{workflow.failures}}`, as plain lines."""

import ast
import json
import re
from typing import Any

from mainline.proposal.secrets import masked

# A quoted string up to its end, or up to the last whole character if it was cut.
_QUOTED = re.compile(r'"((?:[^"\\]|\\(?:x..|u.{4}|U.{8}|[^xuU]))*)')
CUT = "and more: the list was too long for one pod. `argo get` shows all"


def lines(text: str) -> list[str]:
    """`task: message` of each failed pod, the first failure first.

    Argo writes a JSON list, or null, and quotes it once more as a string. If the end is cut off,
    the last line says so.
    """
    try:
        nodes, cut = _nodes(text)
        nodes = sorted(nodes, key=lambda node: str(node["finishedAt"]))
        # A task's own node comes after its pods' and repeats the last message or has none.
        said = [(str(node["displayName"]), str(node["message"])) for node in nodes]
    except (ValueError, TypeError, KeyError, SyntaxError):
        return [f"cannot be told: Argo's list is not readable: {masked(text)[:200]}"]
    told = [masked(f"{name}: {_error(why)}") for name, why in said if why.strip()]
    return [*told, CUT] if cut else told


def _nodes(text: str) -> tuple[list[Any], bool]:
    """The list's entries that are whole, and whether its end is missing."""
    quoted = _QUOTED.match(text)
    if quoted is None:
        return json.loads(text or "null") or [], False
    listed = str(ast.literal_eval(f'"{quoted[1]}"'))  # the escapes of Go are those of Python
    if text[quoted.end() :] == '"':
        return json.loads(listed) or [], False
    nodes, at, decode = [], 1, json.JSONDecoder().raw_decode
    while at < len(listed):
        try:
            node, at = decode(listed, at)
        except ValueError:
            break
        nodes.append(node)
        at += 1  # the comma
    return nodes, True


def _error(message: str) -> str:
    """Argo's words and the last line of a log's end, which is the command's error."""
    first, *rest = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    before, code, _ = first.partition("): ")
    return f"{before}{code}{rest[-1]}" if rest else first
