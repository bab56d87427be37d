"""Columns that the settings leave out or hash have to be inputs; else no row leaves the spool."""

import pytest
from exchanges import METADATA, exchange
from stored import files, ids, rows

from mainline.core.errors import SettingsError
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool


@pytest.mark.parametrize("wrong", [{"leave_out": ["aeg", "plan"]}, {"hash": ["entiy", "entity"]}])
def test_no_row_is_shipped_while_the_settings_name_what_is_no_input(
    spool, store, fill, wrong, monkeypatch
):
    """A misspelt column would stand in the store as it came."""
    monkeypatch.setenv("LOG_HASH_KEY", "k" * 16)
    given = fill(entity="c1")
    slip = next(iter(wrong.values()))[0]
    with pytest.raises(SettingsError, match=f"names {slip}, no input of version 7; ") as raised:
        ship(Spool(spool), LogSettings(store=str(store), **wrong))
    assert "\n" not in str(raised.value)
    assert files(store) == []
    assert len(Spool(spool).closed()) == 1
    ship(Spool(spool), LogSettings(store=str(store), leave_out=["age", "plan"]))
    assert ids(rows(store)) == ids(given)
    assert not {"input_age", "input_plan"} & rows(store)[0].keys()


def test_a_version_that_drops_a_column_waits_until_the_settings_say_that_it_may(spool, store, fill):
    """The name may be that of a column that this version calls otherwise."""
    fill(count=1)
    (Spool(spool).signatures / "8.json").write_text(METADATA.decode().replace('"plan"', '"tariff"'))
    fill(count=1, version="8")
    settings = LogSettings(store=str(store), leave_out=["plan"])
    with pytest.raises(SettingsError, match="names plan, no input of version 8; "):
        ship(Spool(spool), settings)
    assert [row["version"] for row in rows(store)] == ["7"]
    lenient = LogSettings(
        store=str(store), leave_out=["plan", "tariff"], may_lack=["plan", "tariff"]
    )
    ship(Spool(spool), lenient)
    assert [row["version"] for row in rows(store)] == ["7", "8"]
    assert all("input_plan" not in row and "input_tariff" not in row for row in rows(store))


def test_without_a_signature_no_name_can_be_told(spool, store, opened):
    log = opened()
    log.write(exchange(version="", status=503, entity="c1"))
    log.close(5)
    with pytest.raises(SettingsError, match=r"names plan, no input of version \(none is known\); "):
        ship(Spool(spool), LogSettings(store=str(store), leave_out=["plan"]))
    ship(Spool(spool), LogSettings(store=str(store), leave_out=["entity"]))
    assert [row["entity"] for row in rows(store)] == [None]
