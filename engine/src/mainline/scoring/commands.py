"""The command `score`. The tasks of pods share its option `--allow-failed`."""

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
}
