"""The current workflow run: its URL, log groups, summary and outputs."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def run_url(environment: Mapping[str, str] | None = None) -> str:
    """The URL of this run; empty outside Actions."""
    values = os.environ if environment is None else environment
    if not values.get("GITHUB_RUN_ID"):
        return ""
    server = values.get("GITHUB_SERVER_URL") or "https://github.com"
    return f"{server}/{values.get('GITHUB_REPOSITORY', '')}/actions/runs/{values['GITHUB_RUN_ID']}"


@contextmanager
def group(title: str) -> Iterator[None]:
    """In Actions, fold the output of the block. Elsewhere do nothing."""
    in_actions = bool(os.environ.get("GITHUB_ACTIONS"))
    if in_actions:
        print(f"::group::{title}", flush=True)
    try:
        yield
    finally:
        if in_actions:
            print("::endgroup::", flush=True)


@contextmanager
def no_commands() -> Iterator[None]:
    """In Actions, nothing that the block or its children print is a command to the runner."""
    if not os.environ.get("GITHUB_ACTIONS"):
        yield
        return
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)


def summarise(text: str) -> None:
    """Add Markdown to the job's summary."""
    _append("GITHUB_STEP_SUMMARY", f"{text}\n")


def output(name: str, value: str) -> None:
    """Set an output of the step. Raises ValueError when `value` is not one line."""
    if len(f"{value}.".splitlines()) > 1:  # further lines could set other outputs
        raise ValueError(f"the output {name} has more than one line: {value!r}")
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def _append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
