"""The commands `log ship`, `log compact` and `log show`."""

from pathlib import Path

from mainline.core.command import Command, Options, flag

STORE: Options = {
    "--store": {
        "metavar": "URI",
        "help": "a folder, s3://bucket/prefix or gs://bucket/prefix (default: that of the "
        "settings, else reports/requests)",
    }
}
SETTINGS: Options = {
    "--settings": {
        "dest": "settings_file",
        "metavar": "FILE",
        "type": Path,
        "help": "the gateway's settings (default: none)",
    }
}
SPOOL: Options = {
    "--spool": {
        "metavar": "DIR",
        "type": Path,
        "help": "the gateway's folder on this machine (default: reports/spool; to read another "
        "store: none)",
    }
}
COMMANDS = {
    "log ship": Command(
        "request_log.ship_log",
        "put what the gateway has logged into the store, for as long as it runs",
        SPOOL | SETTINGS | STORE | flag("--once", "ship what a gateway left behind, and end"),
    ),
    "log compact": Command(
        "request_log.compact",
        "make one file of each hour that is over, and delete days that are too old",
        SETTINGS | STORE,
    ),
    "log show": Command(
        "request_log.show_log",
        "show the last predictions of the log",
        {
            "--last": {
                "metavar": "N",
                "type": int,
                "default": 10,
                "help": "how many (default: %(default)s)",
            }
        }
        | SPOOL
        | SETTINGS
        | STORE,
    ),
}
