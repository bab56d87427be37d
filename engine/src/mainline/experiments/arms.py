"""The two arms of an experiment, from the log: which rows each has, and by which unit they count.

- A split by entity: an entity belongs to the challenger once the challenger was to answer it, also
  where the main server stood in. Rows without an entity were not split, and are left out.
- A split by weight or header: the same of each request.
- Shadow: both answers of a request, side by side.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from mainline.core.errors import MainlineError
from mainline.experiments.named_before import Named
from mainline.experiments.unanswered import Unanswered
from mainline.gateway.gateway import CHALLENGER, ENDED, MAIN, SHADOW, UNREACHABLE
from mainline.monitoring.log_table import LogTable
from mainline.request_log.exchange import WELL
from mainline.request_log.typed_rows import KEYS, UNREADABLE, UNTYPED

STOOD_IN = UNREACHABLE[CHALLENGER]  # the problem of a row that main answered in its place
# The gateway's own refusals: they come before an arm is chosen, or say nothing of it.
UNSPLIT = (
    "duplicate key",
    "nested too deeply",
    "too many keys",
    "damaged gzip",
    "body too large",
    "body late",
    "head too large",
    "too many requests",
    "too many calls",
    "not HTTP",
    "no whole body",
    "not forwarded",
    "gateway failed",
    ENDED,
)
# Of several problems, joined by the log, the first is the gateway's.
PROBLEM = "split_part(problem, '; ', 1)"
COLUMNS = (
    f'request_id, "row", time, entity, arm, status, {PROBLEM} AS problem, seconds, version, '
    "score, scores"
)
FINE = ("", UNREADABLE, UNTYPED, KEYS)  # of the log alone; the caller got an answer
KEY = ["request_id", "row"]


@dataclass(frozen=True)
class Arms:
    """Rows of both arms with the log's columns, `unit` and `answered`.

    `paired`: rows at one place are of one request. `versions` are those that are compared, `first`
    is the time of the first request, `seen` the number of units that the challenger has and of all
    that it could have had. `left_out` counts rows by reason. `unanswered` has all requests of both.
    """

    main: pd.DataFrame
    challenger: pd.DataFrame
    paired: bool
    unit: str
    versions: tuple[str, str]
    first: datetime
    seen: tuple[int, int]
    left_out: dict[str, int]
    unanswered: Unanswered


def read(log: LogTable, named: Named) -> Arms:
    """The arms of an experiment. Raises MainlineError when one of them has no row."""
    routes = named.routes
    paired = routes.shadow is not None
    rows = log.frame(_sql(named))
    rows["theirs"] = rows["arm"].eq(SHADOW if paired else CHALLENGER) | (
        rows["problem"].eq(STOOD_IN) & ~rows["arm"].eq(SHADOW)
    )
    rows = rows[rows["theirs"] | rows["arm"].eq(MAIN)]
    rows["answered"] = rows["status"].isin(WELL) & rows["problem"].isin(FINE)
    for score in ("score", "scores"):  # where main stood in, it is main's
        rows[score] = rows[score].where(rows["answered"])
    _both(rows, named)
    rows, versions, left_out = _newest(rows)
    first = rows["time"].min().to_pydatetime().replace(tzinfo=UTC)  # the log's times have none
    unanswered = Unanswered.of(rows, paired=paired)
    if paired:
        main, challenger, seen = _pairs(rows)
        unit = "entity"
    else:
        unit = "entity" if routes.split is not None and routes.split.by == "entity" else "request"
        main, challenger, more = _groups(rows, unit)
        left_out |= more
        counts = [each["unit"].nunique() for each in (main, challenger)]
        seen = counts[1], sum(counts)
    if main.empty or challenger.empty:
        raise _nothing(named, "main" if main.empty else "the challenger")
    return Arms(main, challenger, paired, unit, versions, first, seen, left_out, unanswered)


def _sql(named: Named) -> str:
    refused = ", ".join(f"'{each}'" for each in UNSPLIT)
    times = [f"epoch_us(time) >= {_microseconds(named.since)}"]
    times += [f"epoch_us(time) < {_microseconds(named.ended)}"] if named.ended else []
    return f"select {COLUMNS} from log where {' and '.join(times)} and {PROBLEM} not in ({refused})"  # noqa: S608  constants of ours


def _microseconds(when: datetime) -> int:
    return int(when.timestamp() * 1_000_000)


def _both(rows: pd.DataFrame, named: Named) -> None:
    """Raises MainlineError when an arm is missing."""
    for theirs, who in ((False, "main"), (True, "the challenger")):
        if not rows["theirs"].eq(theirs).any():
            raise _nothing(named, who)


def _nothing(named: Named, who: str) -> MainlineError:
    return MainlineError(
        f"experiment '{named.routes.experiment}' has no row of {who} in the log since "
        f"{named.since:%Y-%m-%d %H:%M} UTC.",
        hint="Does the environment run a challenger (`mainline history`), and is the log shipped?",
    )


def _newest(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, str], dict[str, int]]:
    """Rows of the newest version of each arm, from when on both were there."""
    versions, begun = [], []
    for theirs in (False, True):
        named = rows[rows["theirs"].eq(theirs) & rows["version"].ne("") & rows["answered"]]
        if named.empty:
            versions.append("")
            continue
        last = str(named["version"].iloc[int(named["time"].to_numpy().argmax())])
        versions.append(last)
        begun.append(named.loc[named["version"].eq(last), "time"].min())
    own = rows["theirs"].map({False: versions[0], True: versions[1]})
    of_it = (
        rows["version"].isin(["", None]) | rows["version"].eq(own) | rows["problem"].eq(STOOD_IN)
    )
    kept = rows[of_it & rows["time"].ge(max(begun, default=rows["time"].min()))]
    return kept, (versions[0], versions[1]), {"of other versions, or before": len(rows) - len(kept)}


def _groups(rows: pd.DataFrame, unit: str) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    if unit == "request":
        rows = rows.assign(unit=rows["request_id"])
        return rows[~rows["theirs"]], rows[rows["theirs"]], {}
    known = rows[rows["entity"].fillna("").ne("")]
    known = known.assign(unit=known["entity"])
    belongs = known["unit"].isin(known.loc[known["theirs"], "unit"].unique())
    main, challenger = known[~belongs], known[known["theirs"]]
    return (
        main,
        challenger,
        {
            "without an entity": len(rows) - len(known),
            # A request for entities of both arms, or for a named version.
            "of the challenger's entities in requests that main had to answer": len(known)
            - len(main)
            - len(challenger),
        },
    )


def _pairs(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, tuple[int, int]]:
    rows = rows.drop_duplicates([*KEY, "theirs"], keep="last")
    main, challenger = rows[~rows["theirs"]], rows[rows["theirs"]]
    could = main.loc[main["problem"].isin(FINE), "request_id"].nunique()
    both = main[KEY].merge(challenger[KEY], on=KEY)
    main, challenger = (
        both.merge(each, on=KEY, how="left", validate="one_to_one") for each in (main, challenger)
    )
    keys = main["entity"].fillna("")
    unit = keys.where(keys.ne(""), main["request_id"])
    copied = challenger["request_id"].nunique()
    return main.assign(unit=unit), challenger.assign(unit=unit), (copied, could)
