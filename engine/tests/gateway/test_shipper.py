"""The process that ships the log: started again, and once more at the end."""

import asyncio
import sys
from pathlib import Path

import pytest

from mainline.gateway import shipper as shipping
from mainline.gateway.shipper import Shipper

# Writes how it was started; without `--once` it ends at once, or at a signal.
PROGRAM = """
import pathlib, sys, time
with open("starts", "a") as file:
    file.write(("once" if "--once" in sys.argv else "ships") + "\\n")
time.sleep(0 if "--once" in sys.argv or not pathlib.Path("stay").exists() else 60)
"""


@pytest.fixture
def shipper(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Shipper(Path("spool"), None, None, 10.0)
    made.command = [sys.executable, "-S", "-c", PROGRAM]
    return made


def starts():
    found = Path("starts")
    return found.read_text().split() if found.exists() else []


async def soon(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_shipper_that_has_just_died_ships_once_more_at_the_end(shipper):
    async def run():
        async with shipper.running():
            await soon(starts)
            await asyncio.sleep(0.5)  # it has ended; the next start is seconds away
            shipper.begin_to_end()

    asyncio.run(run())
    assert starts() == ["ships", "once"]


def test_one_that_cannot_be_started_is_tried_again(shipper, monkeypatch, capsys):
    monkeypatch.setattr(shipping, "PAUSE", 0.05)
    Path("stay").touch()
    command, shipper.command = shipper.command, ["/no/such/program"]

    async def run():
        async with shipper.running():
            await asyncio.sleep(0.2)
            shipper.command = command
            await soon(starts)
            shipper.begin_to_end()

    asyncio.run(run())
    assert starts()[0] == "ships"
    assert "`log ship` does not start" in capsys.readouterr().out


def test_the_end_is_one_also_when_nothing_can_be_started(shipper):
    shipper.command = ["/no/such/program"]

    async def run():
        async with shipper.running():
            await asyncio.sleep(0.1)
            shipper.begin_to_end()

    asyncio.run(run())
    assert not starts()
