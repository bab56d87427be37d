"""The commands `score` and `explain`. The tasks of pods share its option `--allow-failed`."""

from pathlib import Path

from mainline.core.command import Command, Options

ALLOW_FAILED: Options = {
    "--allow-failed": {
        "metavar": "N",
        "type": int,
        "default": 0,
        "help": "exit 1 when more rows have no score (default: %(default)s)",
    }
}
COMMANDS = {
    "score": Command(
        "scoring.score",
        "score the rows of Parquet files, or one partition of them",
        {
            "source": {
                "metavar": "INPUT",
                "help": "the source: a Parquet file or a folder of them, here or as "
                "s3://bucket/prefix",
            },
            "into": {
                "metavar": "OUTPUT",
                "help": "the folder to put the scores into, likewise",
            },
            "--partition": {
                "metavar": "k/n",
                "default": "1/1",
                "help": "the k-th of n shares of the input (default: all)",
            },
            "--environment": {
                "metavar": "NAME",
                "help": "score with what staging or production runs (default: staging's model, "
                "as it is in this tree)",
            },
            **ALLOW_FAILED,
        },
    ),
    "explain": Command(
        "scoring.explain",
        "why rows have their scores: what changes with one column as it usually is",
        {
            "source": {
                "metavar": "FILE",
                "nargs": "?",
                "type": Path,
                "help": "the source of rows: a file that ends in .parquet, .csv or .jsonl",
            },
            "--entity": {"metavar": "ID", "help": "instead of a file: this entity's test rows"},
            "--rows": {
                "metavar": "N",
                "type": int,
                "default": 1,
                "help": "how many of the first rows (default: %(default)s)",
            },
            "--top": {
                "metavar": "N",
                "type": int,
                "default": 5,
                "help": "how many columns of each (default: %(default)s)",
            },
            "--json": {
                "dest": "as_json",
                "action": "store_true",
                "help": "print JSON instead",
            },
        },
    ),
}
