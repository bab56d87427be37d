"""Parses a rule into a checked tree. The syntax is a small part of Python's grammar.

Rules come from proposals and are not trusted, so they are never run as Python. Only the parsed tree
is read; any construct that is not explicitly allowed is refused; length and depth are limited.
"""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST, DEEPEST = 1000, 50  # characters of a rule, and levels of its tree
LARGEST = 1e15  # largest constant: beyond it float64 begins to skip whole numbers


class RuleError(ValueError):
    """A rule that cannot be parsed: the position, what was found and what is allowed."""


@dataclass(frozen=True)
class Rule:
    """The text of a rule, and the kinds of the columns that it may name."""

    text: str
    kinds: Mapping[str, str]

    def tree(self) -> ast.expr:
        """The parsed text. Raises RuleError when it is empty, invalid, too long or too deep."""
        if not self.text:
            raise RuleError("it is empty; write a condition, such as 'a >= 0 or b is None'.")
        if len(self.text) > LONGEST:
            raise RuleError(f"it has {len(self.text):,} characters; {LONGEST:,} are allowed.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # do not warn about unknown escapes in a string
                tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise RuleError(f"position {error.offset or 1}: {error.msg}.") from None
        except (ValueError, RecursionError, MemoryError) as error:  # NUL; too deep for the parser
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise RuleError(f"it cannot be read: {why or type(error).__name__}.") from None
        level: list[ast.AST] = [tree]
        for _ in range(DEEPEST):
            level = [child for node in level for child in ast.iter_child_nodes(node)]
            if not level:
                return self._whole(tree)
        raise RuleError(f"it is nested more than {DEEPEST} levels deep.")

    def _whole(self, tree: ast.expr) -> ast.expr:
        rest = self.text.encode()[tree.end_col_offset :].decode()
        if "#" in rest:  # YAML folds lines into one: a comment would hide the later lines
            raise RuleError("position of '#': a comment; write it outside the rule.")
        return tree

    def spelled(self, node: ast.expr) -> str:
        """A part of the original text. Python's parser would replace similar-looking letters."""
        line = self.text.encode()
        return line[node.col_offset : node.end_col_offset].decode()

    def wrong(self, node: ast.expr, why: str) -> RuleError:
        """The error about one part of the text."""
        start = len(self.text.encode()[: node.col_offset].decode()) + 1
        found = self.spelled(node)
        shown = found if len(found) <= 60 else f"{found[:59]}…"
        return RuleError(f"position {start}: '{shown}' {why}")


def rule(text: str, kinds: Mapping[str, str]) -> Rule:
    """A rule from `params.yaml`, joined to one line."""
    return Rule(" ".join(text.strip().splitlines()), kinds)
