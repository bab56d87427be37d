"""Seeded damage to a good CSV file: what exports, editors, mail and disks do to one.

`case(number)` is a pure function of its number, so that a failure can be replayed.
"""

# ruff: noqa: SIM905  a table of odd spellings reads best as words

import gzip
import io
import random
from collections.abc import Callable

import pandas as pd

HEADER = ["id", "age", "income", "city", "plan", "left"]
CITIES = ["bonn", "köln", 'the "hague"', "ulm, old town", "two\nlines"]
NUMBERS = """
    1e999 -1e999 -0 nan NaN inf -Infinity 1,234.5 1.234,5 \u0661\u0662 \uff14\uff12 0x1F 1_000 1e
    12abc 1.2.3 +7 007 1e-400 99999999999999999999999999 True 1;2 €5 5% --1 1e308 .5 5. - . NULL
    None N/A
""".split()
DAYS = """
    0000-01-01 99999-12-31 2026-02-30 2026-01-01T00:00:00+14:00 2026-01-01T25:00 01/02/2026
    1969-12-31 1677-09-20 2262-04-12 9999-12-31T23:59:59Z 20260101 2026-W01-1 tomorrow -1
""".split()
ODD = ["\x00", "\u2028", "\u00a0", "\ufeff", "\x1a", "\r", "\x85", "\U0001f600", "\x0c", "\x1f"]


def good(rng: random.Random) -> list[list[str]]:
    """Header and rows; `city` needs quotes here and there, some values are missing."""
    rows = [HEADER]
    for number in range(rng.randrange(60, 90)):
        age, income = str(rng.randrange(18, 90)), f"{rng.lognormvariate(3, 1):.2f}"
        city, plan = rng.choice(CITIES), rng.choice(["basic", "plus", ""])
        left = "yes" if number % 4 == 0 else "no"
        rows.append([f"c{number}", age, rng.choice([income, income, ""]), city, plan, left])
    return rows


def text(rows: list[list[str]], end: str = "\n", delimiter: str = ",") -> str:
    """CSV with quotes only where they are needed."""
    return "".join(delimiter.join(map(_cell, row)) + end for row in rows)


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if set(value) & set('",\r\n;\t') else value


def _some_row(rng: random.Random, rows: list[list[str]]) -> list[str]:
    return rows[rng.randrange(1, len(rows))]


def _truncated(rng: random.Random, rows: list[list[str]]) -> bytes:
    content = text(rows).encode()
    return content[: rng.randrange(len(content))]


def _flipped(rng: random.Random, rows: list[list[str]]) -> bytes:
    content = bytearray(text(rows).encode())
    for _ in range(rng.randrange(1, 6)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _quoted(rng: random.Random, rows: list[list[str]]) -> bytes:
    content = text(rows)
    for _ in range(rng.randrange(1, 5)):
        place = rng.randrange(len(content))
        content = (
            content[:place] + rng.choice(['"', '""', '","', '"\n', "'", '\\"']) + content[place:]
        )
    return content.encode()


def _odd_character(rng: random.Random, rows: list[list[str]]) -> bytes:
    content = text(rows)
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(content) + 1)
        content = content[:place] + rng.choice(ODD) + content[place:]
    return content.encode()


def _encoded(rng: random.Random, rows: list[list[str]]) -> bytes:
    name = rng.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "cp037"])
    return text(rows).encode(name)


def _marked(rng: random.Random, rows: list[list[str]]) -> bytes:
    return b"\xef\xbb\xbf" * rng.randrange(1, 3) + text(rows).encode()


def _line_ends(rng: random.Random, rows: list[list[str]]) -> bytes:
    return text(rows, end=rng.choice(["\r\n", "\r", "\n\n", "\r\r\n", "\n\r", ""])).encode()


def _mixed_line_ends(rng: random.Random, rows: list[list[str]]) -> bytes:
    return "".join(text([row], rng.choice(["\n", "\r\n", "\r", "\n \n"])) for row in rows).encode()


def _long_field(rng: random.Random, rows: list[list[str]]) -> bytes:
    row = _some_row(rng, rows)
    row[rng.randrange(6)] = rng.choice('x9 "é') * rng.choice([40_000, 1_100_000, 2_000_000])
    return text(rows).encode()


def _many_columns(rng: random.Random, rows: list[list[str]]) -> bytes:
    more = rng.choice([1000, 5000])
    wide = [row + [rng.choice(["x", str(n)])] * more for n, row in enumerate(rows[:40])]
    wide[0] = HEADER + [f"column{n}" for n in range(more)]
    return text(wide).encode()


def _header(rng: random.Random, rows: list[list[str]]) -> bytes:
    names = list(HEADER)
    place = rng.randrange(6)
    names[place] = rng.choice(
        [
            rng.choice(HEADER),
            "",
            " " + names[place] + "\t",
            names[place].upper(),
            "x" * 1_100_000,
            "a\nb",
            "\x00",
            names[place] + "\u200b",
            '"' + names[place] + '"',
        ]
    )
    return text([names, *rows[1:]]).encode()


def _ragged(rng: random.Random, rows: list[list[str]]) -> bytes:
    row = _some_row(rng, rows)
    rng.choice([row.pop, lambda: row.append("more"), lambda: row.extend([""] * 3), row.clear])()
    return text(rows).encode()


def _moved(rng: random.Random, rows: list[list[str]]) -> bytes:
    body = rows[1:]
    chosen = rng.choice(["shuffled", "twice", "header again", "columns", "all twice", "empty"])
    if chosen == "shuffled":
        rng.shuffle(body)
    elif chosen == "twice":
        body.append(list(_some_row(rng, rows)))
    elif chosen == "header again":
        body.insert(rng.randrange(len(body)), HEADER)
    elif chosen == "all twice":
        body += body
    elif chosen == "empty":
        body = body[: rng.randrange(3)]
    order = rng.sample(range(6), 6) if chosen == "columns" else range(6)
    return text([[row[place] for place in order] for row in [rows[0], *body]]).encode()


def _number(rng: random.Random, rows: list[list[str]]) -> bytes:
    for _ in range(rng.randrange(1, 4)):
        _some_row(rng, rows)[rng.randrange(1, 3)] = rng.choice(NUMBERS)
    return text(rows).encode()


def _day(rng: random.Random, rows: list[list[str]]) -> bytes:
    """`city` becomes the time column, `plan` the second half of a key."""
    for row in rows[1:]:
        row[3] = f"2026-0{rng.randrange(1, 7)}-0{rng.randrange(1, 9)}"
    for _ in range(rng.randrange(1, 4)):
        _some_row(rng, rows)[3] = rng.choice(DAYS)
    return text(rows).encode()


def _delimiter(rng: random.Random, rows: list[list[str]]) -> bytes:
    return text(rows, delimiter=rng.choice([";", "\t", "|", ", ", " "])).encode()


def _key(rng: random.Random, rows: list[list[str]]) -> bytes:
    _some_row(rng, rows)[0] = rng.choice(["", "NA", "\u00a0", "c1", "1e5", "x" * 70_000, "\x00"])
    return text(rows).encode()


def _target(rng: random.Random, rows: list[list[str]]) -> bytes:
    for _ in range(rng.randrange(1, 3)):
        _some_row(rng, rows)[5] = rng.choice(
            ["", "YES", "maybe", "1", " yes ", "yes\x00", "y" * 9000]
        )
    return text(rows).encode()


def _other_format(rng: random.Random, rows: list[list[str]]) -> bytes:
    content = text(rows).encode()
    parquet = io.BytesIO()
    pd.DataFrame(rows[1:], columns=HEADER).to_parquet(parquet)
    return rng.choice(
        [gzip.compress(content, mtime=0), parquet.getvalue(), b"PK\x03\x04" + content,
         b"%PDF-1.7\n" + content, rng.randbytes(3000), b"<html><body>Sign in</body></html>\n",
         b'[{"id": "c1"}]\n', bytes(5000), content * 2]
    )  # fmt: skip


MUTATIONS: list[Callable[[random.Random, list[list[str]]], bytes]] = [
    _truncated, _flipped, _quoted, _odd_character, _encoded, _marked, _line_ends, _mixed_line_ends,
    _long_field, _many_columns, _header, _ragged, _moved, _number, _day, _delimiter, _key, _target,
    _other_format,
]  # fmt: skip


def case(number: int) -> tuple[str, bytes]:
    """The name of the damage and the damaged file."""
    rng = random.Random(f"csv {number}")
    mutation = MUTATIONS[number % len(MUTATIONS)]
    return mutation.__name__.lstrip("_"), mutation(rng, good(rng))


def parquet(number: int) -> tuple[bytes, bytes]:
    """A Parquet file with checksums, and the same cut off or with some bits flipped."""
    rng = random.Random(f"parquet {number}")
    file = io.BytesIO()
    rows = good(rng)
    pd.DataFrame(rows[1:], columns=HEADER).to_parquet(
        file, compression=rng.choice([None, "snappy"]), write_page_checksum=True
    )
    content = bytearray(file.getvalue())
    if rng.random() < 0.3:
        return file.getvalue(), bytes(content[: rng.randrange(len(content))])
    for _ in range(rng.randrange(1, 8)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return file.getvalue(), bytes(content)
