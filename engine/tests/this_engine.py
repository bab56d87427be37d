"""`engine.yaml` of the engine under test, found once per process."""

from functools import cache

from mainline.lock import running

this_engine = cache(running.engine)
