"""Exchanges as rows of the log: one for each row asked about, and one for a request that failed."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from mainline.request_log.exchange import Exchange
from mainline.request_log.input_types import Types
from mainline.request_log.request_rows import Asked, asked
from mainline.request_log.response_scores import Score, scores
from mainline.request_log.typed_columns import PREFIX, Privacy, typed

UNREADABLE, UNTYPED, KEYS = "unreadable", "untyped", "entity keys"
Field = tuple[str, pa.DataType]
_OF_REQUEST: list[Field] = [
    ("time", pa.timestamp("us", "UTC")),
    ("request_id", pa.string()),
    ("rows", pa.int32()),
    ("caller", pa.string()),
    ("protocol", pa.string()),
    ("signature", pa.string()),
    ("arm", pa.string()),
    ("status", pa.int32()),
    ("problem", pa.string()),
    ("seconds", pa.float64()),
    ("version", pa.string()),
    ("digest", pa.string()),
]
_OF_ROW: list[Field] = [("row", pa.int32()), ("entity", pa.string())]
_OF_SCORE: list[Field] = [
    ("score", pa.float64()),
    ("scores", pa.list_(pa.float64())),
    ("label", pa.string()),
]
_LATEST = 253_402_300_799  # the last second of the year 9999


class TypedRows:
    """Collects exchanges as Python values and gives them back as tables of one schema."""

    def __init__(self, types: Types, privacy: Privacy) -> None:
        self._privacy, self._types = privacy, privacy.kept(types)
        inputs = [
            (f"{PREFIX}{name}", privacy.schema_type(name, kind))
            for name, kind in self._types.items()
        ]
        self.schema = pa.schema([*_OF_REQUEST, *_OF_ROW, *inputs, *_OF_SCORE])
        self._clear()

    def __len__(self) -> int:
        return len(self._entities)

    def add(self, exchange: Exchange) -> None:
        """Take an exchange; what of it cannot be read stays null, and `problem` says so."""
        problems = [exchange.problem] if exchange.problem else []
        request, answers = Asked(), []
        try:
            answers = scores(exchange)
            request = asked(exchange, self._types)
        except MemoryError:
            raise
        except Exception:  # a body that we read wrongly must not take the other rows with it
            if not exchange.failed and UNREADABLE not in problems:
                problems.append(UNREADABLE)
        # One row stands for a request that failed.
        count = 1 if exchange.failed else request.rows or 1
        keys = self._keys(exchange.entity, count)
        if keys is None:
            problems.append(KEYS)
        about = (
            int(_time(exchange) * 1_000_000),
            exchange.request_id,
            request.rows,
            exchange.caller,
            exchange.protocol,
            request.signature,
            exchange.arm,
            exchange.status,
            "; ".join(problems),
            exchange.seconds,
            exchange.version,
            exchange.digest,
        )
        self._requests.append(about)
        self._counts.append(count)
        self._entities.extend(keys or [None] * count)
        columns = request.columns if request.rows == count else {}
        for name, column in self._inputs.items():
            column.extend(columns.get(name) or [None] * count)
        if len(answers) != count:
            answers = (answers + [Score()] * count)[:count]
        self._scores.extend(answers)

    def table(self) -> pa.Table:
        """What was added since the last call, which is then forgotten."""
        try:
            return self._table()
        finally:
            self._clear()

    def _table(self) -> pa.Table:
        columns: dict[str, Any] = {"entity": self._entities, "row": self._places()}
        wrong: set[int] = set()
        for name, values in self._inputs.items():
            column, misfits = typed(values, self._types[name])
            columns[f"{PREFIX}{name}"] = self._privacy.column(name, column)
            wrong.update(misfits)
        columns |= _columns(self._scores, _OF_SCORE)
        columns |= self._of_requests()
        if wrong:
            columns["problem"] = [
                (f"{said}; {UNTYPED}" if said else UNTYPED) if place in wrong else said
                for place, said in enumerate(columns["problem"].to_pylist())
            ]
        arrays = [_array(columns[field.name], field.type) for field in self.schema]
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _of_requests(self) -> dict[str, pa.Array]:
        """The columns in which all rows of a request are equal."""
        columns = _columns(self._requests, _OF_REQUEST)
        if len(self._requests) == len(self):
            return columns
        owners = pa.array(
            [place for place, count in enumerate(self._counts) for _ in range(count)], pa.int32()
        )
        return {name: column.take(owners) for name, column in columns.items()}

    def _places(self) -> list[int]:
        return [place for count in self._counts for place in range(count)]

    def _keys(self, entity: str, count: int) -> list[str | None] | None:
        """A key for each row; one key is that of all rows. None when their number is another."""
        keys = [key.strip() for key in entity.split(",")] if entity else []
        if len(keys) not in (0, 1, count):
            return None
        kept = [self._privacy.entity(key) for key in keys] or [None]
        return kept * count if len(kept) == 1 else kept

    def _clear(self) -> None:
        self._requests: list[tuple[Any, ...]] = []
        self._counts: list[int] = []
        self._entities: list[str | None] = []
        self._inputs: dict[str, list[Any]] = {name: [] for name in self._types}
        self._scores: list[Score] = []


def _columns(rows: Sequence[Sequence[Any]], fields: list[Field]) -> dict[str, pa.Array]:
    values = zip(*rows, strict=True) if rows else ([] for _ in fields)
    return {
        name: pa.array(column, kind) for (name, kind), column in zip(fields, values, strict=True)
    }


def hour_of(exchange: Exchange) -> int:
    """Hours since 1970 of an exchange; hour 0 for a time that is no time."""
    return int(_time(exchange) // 3600)


def _time(exchange: Exchange) -> float:
    return exchange.time if 0 <= exchange.time <= _LATEST else 0.0


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, kind)
