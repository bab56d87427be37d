"""The tasks of a workflow's pods."""

from pathlib import Path

from mainline.core.command import Command, Options, flag
from mainline.scoring.commands import ALLOW_FAILED

REVISION: Options = {
    "--revision": {
        "metavar": "REV",
        "required": True,
        "help": "a branch, a tag or a whole commit of the repository that REPOSITORY names",
    }
}
DIRECTORY: Options = {
    "--directory": {
        "metavar": "DIR",
        "type": Path,
        "default": Path(),
        "help": "the model's directory below the git root (default: the git root)",
    }
}
PART: Options = REVISION | {
    "--stages": {
        "metavar": "A,B,C",
        "required": True,
        "help": "stages of dvc.yaml, in its order, without a gap",
    }
}
COMMIT: Options = {
    "--commit-file": {
        "metavar": "FILE",
        "type": Path,
        "default": Path("/tmp/commit"),  # noqa: S108  of a pod: nothing else runs there
        "help": "write the commit here, for the next task (default: %(default)s)",
    }
}
BRANCH: Options = {
    "--branch": {
        "metavar": "NAME",
        "help": "the branch to commit to (default: the branch that was asked for; for "
        "main, a tag or a commit it is train-COMMIT)",
    }
}
SCORE: Options = REVISION | {
    "--environment": {
        "metavar": "NAME",
        "required": True,
        "help": "whose model: staging or production",
    },
    "--input": {
        "dest": "source",
        "metavar": "URI",
        "required": True,
        "help": "a Parquet file or a folder of them: a path, or s3://bucket/prefix",
    },
    "--output": {
        "dest": "into",
        "metavar": "URI",
        "required": True,
        "help": "a folder for the scores, likewise",
    },
    **ALLOW_FAILED,
}
LOG: Options = {
    "--store": {
        "metavar": "URI",
        "required": True,
        "help": "the gateway's log: a folder, s3://bucket/prefix or gs://bucket/prefix",
    },
}
PAGES: Options = {
    "--pages": {
        "metavar": "URI",
        "default": "",
        "help": "where the search's page is kept: a folder, s3://bucket/prefix or "
        "gs://bucket/prefix (default: nowhere)",
    },
}
COMMANDS = {
    "task check": Command(
        "cluster.task_check",
        "check what a workflow that ends in a pull request was submitted with, and its token",
        REVISION
        | BRANCH
        | DIRECTORY
        | COMMIT
        | flag("--tune", "it is a search: check the section `tune` and its database, too"),
    ),
    "task stages": Command(
        "cluster.task_stages",
        "run stages of a commit in a clone, and push what they made to the DVC remote",
        PART | DIRECTORY,
    ),
    "task propose": Command(
        "cluster.task_propose",
        "run the last stages, judge the model, and open the pull request; exit 1 when closed",
        PART
        | DIRECTORY
        | {
            "--asked": {
                "metavar": "REV",
                "help": "what the workflow was submitted with, if REV is its commit (default: REV)",
            },
        }
        | BRANCH,
    ),
    "task tune": Command(
        "cluster.task_tune",
        "work off trials of a search, whose database TUNE_STORAGE names, until all are finished",
        PART
        | DIRECTORY
        | {
            "--worker": {
                "metavar": "NUMBER",
                "type": int,
                "default": 1,
                "help": "another one for each pod, which then draws other values",
            }
        },
    ),
    "task best": Command(
        "cluster.task_best",
        "open the pull request with the best settings of a search",
        PART | DIRECTORY | PAGES,
    ),
    "task plan": Command(
        "cluster.task_plan",
        "check what a scoring workflow was submitted with, and name a folder for its scores",
        SCORE
        | {
            "--partitions": {
                "metavar": "N",
                "required": True,
                "help": "how many pods share the work",
            },
            "--output-file": {
                "metavar": "FILE",
                "type": Path,
                "default": Path("/tmp/output"),  # noqa: S108  of a pod: nothing else runs there
                "help": "write the folder for these scores here: OUTPUT/VERSION-INPUT, by the "
                "model's version and the input's hash (default: %(default)s)",
            },
        }
        | DIRECTORY
        | COMMIT,
    ),
    "task score": Command(
        "cluster.task_score",
        "score one partition with the model that an environment runs",
        SCORE
        | {"--partition": {"metavar": "k/n", "required": True, "help": "the k-th of n shares"}}
        | DIRECTORY,
    ),
    "task watch": Command(
        "cluster.task_watch",
        "watch the model that an environment runs, by the gateway's log, and hand the verdict on",
        REVISION
        | DIRECTORY
        | COMMIT
        | LOG
        | {
            "--environment": {
                "metavar": "NAME",
                "required": True,
                "help": "whose model: staging or production",
            },
            "--push": {
                "metavar": "URL",
                "default": "",
                "help": "a Pushgateway for the series (default: none)",
            },
            "--verdict-file": {
                "metavar": "FILE",
                "type": Path,
                "default": Path("/tmp/verdict"),  # noqa: S108  of a pod: nothing else runs there
                "help": "write the verdict here, for the next task (default: %(default)s)",
            },
        },
    ),
    "task retrain": Command(
        "cluster.task_retrain",
        "start retrain.yml on GitHub if a verdict fires a trigger",
        REVISION
        | DIRECTORY
        | {
            "--verdict": {
                "metavar": "TEXT",
                "required": True,
                "help": "what `task watch` wrote to its --verdict-file",
            }
        },
    ),
    "task compact": Command(
        "cluster.task_compact",
        "do `log compact` by the gateway's settings in a clone",
        REVISION | DIRECTORY | COMMIT | LOG,
    ),
    "task report": Command(
        "cluster.task_report",
        "print what failed in a workflow; with GITHUB_TOKEN and a revision set a commit status",
        {
            "--workflow": {"metavar": "NAME", "required": True, "help": "the workflow's name"},
            "--status": {
                "metavar": "STATUS",
                "required": True,
                "help": "Succeeded, Failed or Error: {{workflow.status}}",
            },
            "--failures": {
                "metavar": "JSON",
                "default": "",
                "help": "what failed: {{workflow.failures}}",
            },
            "--revision": {"metavar": "REV", "default": "", "help": "what the workflow ran on"},
        },
    ),
}
