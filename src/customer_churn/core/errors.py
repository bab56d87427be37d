"""The one kind of failure that a person is meant to read."""


class UserError(Exception):
    """Something that the person at the keyboard can put right.

    The command line prints the message alone, without a traceback, and exits with 1. The message
    says what was found, what was expected and where, in the reader's terms.
    """
