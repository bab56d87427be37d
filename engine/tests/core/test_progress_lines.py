from mainline.core.progress import Progress, say


def test_line_names_its_stage(capsys):
    say("train", "begins")

    assert capsys.readouterr().out == "train     begins\n"


def test_log_gets_the_last_step_only_when_all_is_quick(capsys):
    with Progress("train", "epochs", 100) as progress:
        for _ in range(100):
            progress.step(note="loss 0.5")

    assert capsys.readouterr().out == "train     epochs 100/100  loss 0.5  0 s left\n"


def test_log_gets_every_step_when_each_is_slow(capsys):
    with Progress("train", "epochs", 3, every=0) as progress:
        for _ in range(3):
            progress.step()

    assert len(capsys.readouterr().out.splitlines()) == 3


def test_screen_gets_one_moving_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with Progress("train", "epochs", 2) as progress:
        progress.step()
        progress.step()

    assert "\n" not in capsys.readouterr().out.strip()
