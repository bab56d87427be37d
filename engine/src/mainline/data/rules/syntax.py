"""From a rule's text to a checked tree: Python's grammar, and of it only what is listed here.

Whoever proposes a change writes these texts, so nothing is ever run as Python: the parser's tree
is read, what is on no list is refused, and length and depth are bounded before anything is built.
"""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST, DEEPEST = 1000, 50  # characters of a rule, and levels of its tree
LARGEST = 1e15  # a constant beyond it is no measurement, and float64 begins to skip whole numbers


class RuleError(ValueError):
    """A rule that cannot be read: where, what was found and what may stand there."""


@dataclass(frozen=True)
class Rule:
    """The text of a rule, and the kind of every column that it may name."""

    text: str
    kinds: Mapping[str, str]

    def tree(self) -> ast.expr:
        """The parsed text. Raises RuleError when it is none, too long or too deep."""
        if not self.text:
            raise RuleError("it is empty; write what has to hold, such as 'a >= 0 or b is None'.")
        if len(self.text) > LONGEST:
            raise RuleError(f"it has {len(self.text):,} characters; at most {LONGEST:,} are read.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an odd escape in a text is no news to anybody
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
        if "#" in rest:  # of lines that YAML folded into one it would swallow the others
            raise RuleError("position of '#': a comment; write it outside of the rule.")
        return tree

    def spelled(self, node: ast.expr) -> str:
        """A part as it stands in the text: Python itself would fold lookalike letters."""
        line = self.text.encode()
        return line[node.col_offset : node.end_col_offset].decode()

    def wrong(self, node: ast.expr, why: str) -> RuleError:
        """The error about one part of the text."""
        start = len(self.text.encode()[: node.col_offset].decode()) + 1
        found = self.spelled(node)
        shown = found if len(found) <= 60 else f"{found[:59]}…"
        return RuleError(f"position {start}: '{shown}' {why}")


def rule(text: str, kinds: Mapping[str, str]) -> Rule:
    """A rule from what `params.yaml` holds, which may have been folded over lines."""
    return Rule(" ".join(text.strip().splitlines()), kinds)
