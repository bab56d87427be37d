"""Seeded damage to a good `params.yaml`: typos, wrong types, hostile YAML.

`case(number)` is a pure function of its number, so that a failure can be replayed.
"""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from project import SMALL

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 10**30, 10**400, -(10**30), 0.0, 1.5, -1.5, 1e308, 1e-308,
    float("inf"), float("nan"), "", " ", "yes", "\x00", "é" * 500, "x" * 100_000,
    "../../etc/passwd", "{as_of}", "s3://", "http://[", "file://\x00", "://", "\ud7ff\ue000", [],
    {}, [[]], [None], [{}], {"a": {"b": 1}}, {1: 2}, ["age", "age"], "2026-06-30",
    list(range(3000)),
]  # fmt: skip
WRITTEN = [
    "!!python/object/apply:os.system ['exit 3']", "!!python/name:os.system", "!!binary aGVsbG8=",
    "!!binary ###", "!!set {a, b}", "!!omap [a: 1]", "!!timestamp 2026-06-30", "2026-06-30",
    "2026-13-45", "0o17", "0x1F", "1_000", "1:30", "190:20:30", "=", "<<", "~", "*nowhere",
    "&a [*a]", "!!int abc", "!!float x", "!!float 1e999999", "@x", "`x`", "%x", "- a", "{", "]",
    "'", '"', '"\\x00"', '"\\ud800"', '"\\U00110000"', "|\n  a\n b", "!<tag:x> 1", "!!str",
    "!!map", "!!null x", "9" * 5000, "1e" + "9" * 400, "[" * 3000, "{a: " * 3000,
    "[" * 60 + "]" * 60, "? a", "!!bool yes", "1e400", "-.inf", ".nan", "!!merge x", "!!seq x",
    "- " * 2000, "!!int ''", "!!float '-'", "!!timestamp x", "!!bool maybe", "!!int '0x'",
    "!!int '0b2'", "!!int '_'",
]  # fmt: skip
LAUGHS = "".join(
    f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10) if n else 'lol'}]\n" for n in range(12)
)
MERGES = "m0: &m0 {a: 1}\n" + "".join(
    f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
WHOLE = [
    MERGES, "", "# nothing", "---", "...", "--- a\n--- b\n", "[]", "- a", "just text", "null",
    "{}", "{}\n{}", "\t", "a:\tb", "\x00", "\ufeff", "%YAML 9.9\n---\na: 1", "%TAG ! x\n---\na: 1",
    "a: &a {b: *a}", "&a [*a]", "? &a {*a : 1}", "&a ? *a", "data: &x\n  <<: *x\n", "<<: 1",
    "<<: [1]", "<<: [{a: 1}, 2]", "? [a]\n: 1", "? {a: 1}\n: 1", "{1: 2, 1.0: 3, true: 4}",
    "{null: 1, ~: 2}", LAUGHS, LAUGHS + "data: *l11\n", LAUGHS + "table: {entity: *l11}\n",
    "a: " + "x" * 10_000_000, "x" * 10_000_000, "a: [" + "1, " * 200_000 + "]", "\n" * 1_000_000,
    " " * 1_000_000 + "a: 1", "".join(f"k{n}: 1\n" for n in range(20_000)), "[" * 100_000,
    "{" * 100_000, "- " * 100_000, "a: {b: " * 20_000,
    "".join(f"{' ' * n}k:\n" for n in range(1500)), "? " * 50_000,
]  # fmt: skip


def good() -> dict[str, Any]:
    """The small project's settings."""
    return yaml.safe_load((SMALL / "params.yaml").read_text(encoding="utf-8"))


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*at, key))


def _pick(rng: random.Random, params: dict[str, Any]) -> tuple[Any, Any]:
    *parents, last = rng.choice(list(_places(params)))
    holder: Any = params
    for parent in parents:
        holder = holder[parent]
    return holder, last


def _dump(params: dict[str, Any]) -> bytes:
    return yaml.safe_dump(params, sort_keys=False, allow_unicode=True).encode()


def _deleted(rng: random.Random, params: dict[str, Any]) -> bytes:
    for _ in range(rng.randrange(1, 3)):
        holder, key = _pick(rng, params)
        del holder[key]
    return _dump(params)


def _renamed(rng: random.Random, params: dict[str, Any]) -> bytes:
    holder, key = _pick(rng, params)
    name = (
        f"{key}s"
        if rng.random() < 0.5
        else rng.choice([1, None, True, "", "x" * 9000, "a\nb", 1.5])
    )
    if isinstance(holder, dict):
        holder[name] = holder.pop(key)
    else:
        holder.append(name)
    return _dump(params)


def _replaced(rng: random.Random, params: dict[str, Any]) -> bytes:
    for _ in range(rng.randrange(1, 4)):
        holder, key = _pick(rng, params)
        holder[key] = copy.deepcopy(rng.choice(VALUES))
    return _dump(params)


def _swapped(rng: random.Random, params: dict[str, Any]) -> bytes:
    one, two = _pick(rng, params), _pick(rng, params)
    one[0][one[1]] = copy.deepcopy(two[0][two[1]])
    return _dump(params)


def _written(rng: random.Random, params: dict[str, Any]) -> bytes:
    holder, key = _pick(rng, params)
    holder[key] = "HERE"
    return _dump(params).replace(b"HERE", rng.choice(WRITTEN).encode("utf-8", "surrogatepass"))


def _doubled(rng: random.Random, params: dict[str, Any]) -> bytes:
    lines = _dump(params).splitlines(keepends=True)
    place = rng.randrange(len(lines))
    lines.insert(rng.randrange(len(lines)), lines[place])
    return b"".join(lines)


def _indented(rng: random.Random, params: dict[str, Any]) -> bytes:
    lines = _dump(params).splitlines(keepends=True)
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(lines))
        lines[place] = rng.choice([b" ", b"\t", b"    ", b"- ", b"\xc2\xa0"]) + lines[place]
    return b"".join(lines)


def _aliased(rng: random.Random, params: dict[str, Any]) -> bytes:
    text = _dump(params).decode()
    lines = text.splitlines()
    place = rng.choice([n for n, line in enumerate(lines) if line.endswith(":")])
    lines[place] += " &anchor"
    other = rng.randrange(len(lines))
    lines[other] = lines[other].partition(":")[0] + rng.choice([": *anchor", ": {<<: *anchor}"])
    return "\n".join(lines).encode()


def _damaged(rng: random.Random, params: dict[str, Any]) -> bytes:
    content = bytearray(_dump(params))
    for _ in range(rng.randrange(1, 8)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content[: rng.randrange(len(content))] if rng.random() < 0.3 else content)


def _encoded(rng: random.Random, params: dict[str, Any]) -> bytes:
    text = _dump(params).decode()
    return rng.choice(
        [text.encode("utf-16"), text.encode("utf-32"), text.encode("cp037"), rng.randbytes(5000),
         b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode(),
         text.replace("\n", "\r").encode(), text.replace("\n", "\u2028").encode(), bytes(4096)]
    )  # fmt: skip


def _whole(rng: random.Random, params: dict[str, Any]) -> bytes:
    return rng.choice(WHOLE).encode()


MUTATIONS: list[Callable[[random.Random, dict[str, Any]], bytes]] = [
    _deleted, _renamed, _replaced, _replaced, _swapped, _written, _written, _doubled, _indented,
    _aliased, _damaged, _encoded, _whole,
]  # fmt: skip


def case(number: int) -> tuple[str, bytes]:
    """The name of the damage and the damaged file."""
    rng = random.Random(f"params {number}")
    mutation = MUTATIONS[number % len(MUTATIONS)]
    return mutation.__name__.lstrip("_"), mutation(rng, good())
