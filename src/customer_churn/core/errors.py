"""The one kind of failure that a person is meant to read."""

LINE, LINES = 1000, 40  # what is longer came out of a file, and nobody reads it here


class UserError(Exception):
    """Something that the person at the keyboard can put right.

    The command line prints the message alone, without a traceback, and exits with 1. The message
    says what was found, what was expected and where, in the reader's terms. A damaged file can
    bring megabytes into it: long lines lose their middle, many lines their rest.
    """

    def __init__(self, message: str) -> None:
        lines = message.split("\n")
        shown = [_bounded(line) for line in lines[:LINES]]
        if len(lines) > LINES:
            shown.append(f"… and {len(lines) - LINES:,} more lines.")
        super().__init__("\n".join(shown))


def _bounded(line: str) -> str:
    if len(line) <= LINE:
        return line
    left, right = LINE * 2 // 3, LINE // 3  # the end often says where, and what to do
    return f"{line[:left]} … {len(line) - left - right:,} characters … {line[-right:]}"
