"""Purges that Redis could not be told of when they were made."""

import signal

import pytest

from peers.waiting import eventually
from peers.weir import cache_status
from test_redis import PATIENT, get, redis, sidecar, tier  # noqa: F401 (fixtures)

SNAPSHOT = ", snapshot: warm.snapshot"
QUICK = ", timeout: 50ms, connect_timeout: 5s"


def invalidate(weir, **selector):
    return weir.admin.post("/api/admin/dashboard/cache/invalidate", json=selector).json()


def end(weir):
    weir.client.close()
    weir.admin.close()
    assert weir.program.terminate() == 0
    return weir.program.log


@pytest.fixture
def paused(redis):
    """A Redis that says nothing, until it is called."""
    redis.program.process.send_signal(signal.SIGSTOP)

    def resume():
        redis.program.process.send_signal(signal.SIGCONT)

    # A process that is stopped ends only when it goes on.
    yield resume
    resume()


@pytest.fixture
def shared(sidecar, demo):
    """Two sidecars that have an answer in common."""
    first, second = sidecar(QUICK, cache=SNAPSHOT), sidecar()
    get(first, "/courses/1")
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    return first, second


def test_a_purge_says_whether_the_others_have_heard(shared, demo, request):
    first, _ = shared
    assert invalidate(first, tag="course:1") == {"removed": 1}
    request.getfixturevalue("paused")
    assert invalidate(first, tag="course:1") == {"removed": 0, "untold": True}
    assert invalidate(first, tag="course:1", soft=True) == {"softened": 0, "untold": True}
    said = first.run("purge", "--tag", "course:1")
    assert said.returncode == 0 and said.stdout == "removed 0\n"
    assert said.stderr == "untold: other sidecars hear of it when Redis can be reached\n"
    request.getfixturevalue("paused")()
    eventually(lambda: tier(first)["purges"]["untold"] == 0, what="all to be told")
    eventually(lambda: invalidate(first, tag="course:1") == {"removed": 0}, what="Redis to be back")
    said = first.run("purge", "--tag", "course:1")
    assert (said.stdout, said.stderr) == ("removed 0\n", "")


def test_what_is_untold_at_the_end_is_told_by_the_next_start(shared, demo, request):
    first, second = shared
    resume = request.getfixturevalue("paused")
    first.client.put("/courses/1", json={"title": "Another"}, headers={"Host": "app.test"}).raise_for_status()
    log = end(first)
    assert "the next start tells them" in log
    resume()
    first.start_again()
    # Before the others have been told, too.
    assert get(first, "/courses/1").json()["title"] == "Another"
    eventually(lambda: tier(first)["purges"]["untold"] == 0, what="the purges to be told")
    eventually(lambda: tier(second)["purges"]["received"] > 0, what="the other to hear")
    assert get(second, "/courses/1").json()["title"] == "Another"


def test_without_a_snapshot_the_log_says_what_is_lost(sidecar, demo, request):
    first = sidecar(QUICK)
    request.getfixturevalue("paused")
    assert invalidate(first, tag="course:1")["untold"] is True
    assert "not been told of 1 purges, and never will be" in end(first)


def test_numbers_that_are_set_back_by_hand_begin_another_order(sidecar, demo, redis):
    first, second = sidecar(), sidecar()
    for number in range(3):
        invalidate(first, tag=f"t{number}")
    eventually(lambda: tier(second)["purges"]["received"] == 3, what="the purges")
    for weir in (first, second):
        get(weir, "/courses/1")
    (head,) = [key for key in redis.keys() if key.endswith(":head")]
    redis.run("HSET", head, "number", 1)
    assert invalidate(first, tag="course:1") == {"removed": 1}
    assert cache_status(get(first, "/courses/1"))["fwd"] == "uri-miss"
    eventually(lambda: tier(second)["purges"]["doubts"] == 2, what="the other to doubt")
    # Its own is not used; what the first has fetched since may be.
    found = cache_status(get(second, "/courses/1"))
    assert "hit" not in found or found.get("detail") == "redis"
    assert redis.run("HGET", head, "number") == "1"
