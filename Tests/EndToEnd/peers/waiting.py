"""Waiting for what can be seen, never for time to pass."""

import time


def eventually(condition, *, within=15.0, what="the condition"):
    """Returns the first truthy value of `condition()`; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} has not come within {within} s; last seen: {value!r}")
        time.sleep(0.01)
