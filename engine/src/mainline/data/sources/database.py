"""The address of a database. Its secrets come from the environment only."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from mainline.core.errors import MainlineError

_NAME = re.compile(r"\$\{(\w+)\}")
_SCHEME = re.compile(r"[a-z][a-z0-9_+]*://")
# As SQLAlchemy reads it: a user's name may hold an @, as in an address of mail.
_LOGIN = re.compile(r"^[^/]*//([^/:]*)(?::([^@]*))?@")
_SECRET = re.compile(
    r"[?&]([^=&]*(?:password|passwd|pwd|secret|token|(?:api|access|account)_?key|odbc_connect)[^=&]*)=([^&]*)",
    re.IGNORECASE,
)


def check(url: str) -> str:
    """The url of params.yaml. Raises ValueError when it holds a secret or is not a URL."""
    if not (_SCHEME.match(url) or _NAME.fullmatch(url)):
        raise ValueError(
            "this is not a database URL; write it as "
            '"postgresql+psycopg://reader:${DB_PASSWORD}@host/database".'
        )
    login = _LOGIN.match(url)
    secrets = [("password", (login and login[2]) or ""), *_SECRET.findall(url)]
    for name, value in secrets:
        if value and not _NAME.fullmatch(value):
            raise ValueError(
                f"the {name} stands in it, and git would keep it for ever. Write the name of an "
                'environment variable instead, "${DB_PASSWORD}", and change the password if it '
                "was ever committed."
            )
    return url


def describe(url: str) -> str:
    """The url without user, password and options."""
    login = _LOGIN.match(url)
    if login:
        url = url[: url.index("//") + 2] + url[login.end() :]
    return url.partition("?")[0]


def absent(url: str, environment: Mapping[str, str]) -> list[str]:
    """The environment variables that the url names and that are not set."""
    return sorted(name for name in set(_NAME.findall(url)) if not environment.get(name))


def filled(url: str, environment: Mapping[str, str]) -> str:
    """The url with its variables; in user and password every character counts as itself."""
    lacking = absent(url, environment)
    if lacking:
        raise MainlineError(
            f"data.source.url names the environment variable {', '.join(lacking)}, which is not "
            f"set here; for example `export {lacking[0]}=…`."
        )
    login = _LOGIN.match(url)
    cut = login.end() if login else 0
    first = _NAME.sub(lambda found: quote(environment[found[1]], safe=""), url[:cut])
    return first + _NAME.sub(lambda found: environment[found[1]], url[cut:])


def masked(text: str, url: str, environment: Mapping[str, str]) -> str:
    """A driver's message without what the environment gave to the url."""
    for name in sorted(set(_NAME.findall(url)), key=lambda name: -len(environment.get(name, ""))):
        value = environment.get(name, "")
        login = _LOGIN.match(value)  # a whole url, in which only the password is secret
        inner = (login and login[2]) or ""
        spellings = {value, quote(value, safe=""), inner, unquote(inner)} - {""}
        for spelling in sorted(spellings, key=len, reverse=True):
            text = text.replace(spelling, f"${{{name}}}")
    return text
