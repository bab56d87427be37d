"""The commands of the workflow that judges a proposal by main's engine."""

from pathlib import Path

from mainline.core.command import Command, Options

RECEIVED: Options = {
    "--received": {
        "type": Path,
        "metavar": "DIR",
        "default": Path("received"),
        "help": "what `receive` wrote (default: received)",
    }
}
COMMANDS = {
    "receive": Command(
        "outside.receive",
        "fetch what a proposal's own run made, and the proposal; load nothing of it",
        {
            "--into": {
                "type": Path,
                "metavar": "DIR",
                "default": Path("received"),
                "help": "an empty or new directory (default: received)",
            },
            "--pr": {
                "metavar": "NUMBER",
                "type": int,
                "help": "the pull request, whose newest run is taken (default: the event's run)",
            },
        },
    ),
    "judge": Command(
        "outside.judging",
        "judge what `receive` fetched by this engine, without code of the proposal",
        RECEIVED
        | {
            "--out": {
                "type": Path,
                "metavar": "DIR",
                "default": Path("judged"),
                "help": "where verdict, comment and outcome are written (default: judged)",
            }
        },
        alone=True,
    ),
    "repackage": Command(
        "outside.repackaging",
        "export the weights of what `receive` fetched again, with the proposal's code",
        RECEIVED,
        alone=True,
    ),
    "keep": Command(
        "outside.keeping",
        "store what was judged, comment, and set the status `verdict`; load no model",
        RECEIVED
        | {
            "--judged": {
                "type": Path,
                "metavar": "DIR",
                "default": Path("judged"),
                "help": "what `judge` wrote (default: judged)",
            },
            "--digest": {
                "metavar": "SHA256",
                "default": "",
                "help": "of these files, as `judge` named it; others count as none",
            },
            "--repackaged": {
                "metavar": "JSON",
                "default": "",
                "help": "what `repackage` found; a model without it is not kept",
            },
            "--needs": {
                "nargs": "*",
                "metavar": "JOB",
                "default": [],
                "help": "jobs of the proposal's run that have to be there and succeed",
            },
        },
        alone=True,
    ),
}
