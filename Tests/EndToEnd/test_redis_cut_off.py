"""A sidecar that Redis is out of reach for, while the others have it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from peers.relay import Relay
from peers.waiting import eventually
from peers.weir import cache_status
from test_redis import PATIENT, ask, get, redis, sidecar, tier  # noqa: F401 (fixtures)


@pytest.fixture
def relay(redis):
    """The way to Redis of one sidecar."""
    relay = Relay(redis.port)
    yield relay
    relay.stop()


def cut(relay, weir):
    relay.cut()
    eventually(lambda: not tier(weir)["subscribed"], what="the loss")


def test_what_others_purge_meanwhile_is_not_served(sidecar, relay, demo):
    apart, other = sidecar(port=relay.port), sidecar()
    old = get(apart, "/courses/1").json()
    assert cache_status(get(apart, "/courses/1"))["hit"] is True
    cut(relay, apart)
    other.client.put("/courses/1", json={"title": "Another"}, headers={"Host": "app.test"}).raise_for_status()
    purged = time.monotonic()
    served = []
    while time.monotonic() < purged + 3.5:
        sent = time.monotonic()
        served.append((sent - purged, get(apart, "/courses/1").json()["title"]))
        time.sleep(0.05)
    assert all(title == "Another" for after, title in served if after > 1.0), served
    # Each second once.
    assert demo.app.calls("GET /courses/1") <= 6
    relay.mend()
    eventually(lambda: tier(apart)["subscribed"], what="the way to be mended")
    assert get(apart, "/courses/1").json() != old


def test_a_crowd_rechecks_with_one_conditional_request(sidecar, relay, demo):
    apart = sidecar(PATIENT + ", recheck: 0s", port=relay.port)
    get(apart, "/courses/1")
    cut(relay, apart)
    demo.app.hold("crowd")
    path = "/courses/1?gate=crowd"
    demo.app.release("crowd")
    get(apart, path)
    demo.app.hold("crowd")
    before = demo.app.calls("GET /courses/1")
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(get, apart, path) for _ in range(20)]
        eventually(lambda: demo.app.waiting("crowd") == 1, what="the call")
        eventually(lambda: apart.stats()["flights"]["followers"] == 19, what="the crowd")
        demo.app.release("crowd")
        found = [cache_status(answer.result()) for answer in answers]
    assert all(status["fwd"] == "stale" and status["fwd-status"] == 304 for status in found)
    assert demo.app.calls("GET /courses/1") == before + 1
    assert demo.app.not_modified("GET /courses/1") == 1


def test_an_older_answer_does_not_come_back(sidecar, relay, nginx_origin):
    origin = nginx_origin(
        "set $body old; set $lifetime max-age=600; if ($http_x_new) { set $body new; set $lifetime max-age=1; } "
        "location / { add_header Cache-Control $lifetime; return 200 $body; }"
    )
    apart, other = (sidecar(PATIENT + ", recheck: 0s", upstream=origin.url, port=port) for port in (relay.port, None))
    assert get(apart, "/v").text == "old"
    eventually(lambda: cache_status(get(other, "/v")).get("detail") == "redis", what="Redis to have it")
    cut(relay, apart)
    assert get(apart, "/v", **{"X-New": "1"}).text == "new"
    relay.mend()
    eventually(lambda: tier(apart)["subscribed"] and tier(apart)["purges"]["untold"] == 0, what="the way to be mended")
    eventually(lambda: "hit" not in cache_status(get(apart, "/v", **{"X-New": "1"})), what="the new one to be over")
    eventually(lambda: get(other, "/v", **{"X-New": "1"}).text == "new", what="the other to hear of it")


def test_what_is_in_doubt_stands_in_for_no_failure(sidecar, relay, demo, nginx_origin):
    origin = nginx_origin(
        'location / { add_header Cache-Control "max-age=60, stale-if-error=600"; '
        "if ($http_x_fail) { return 503 failed; } return 200 old; }"
    )
    apart = sidecar(PATIENT + ", recheck: 0s", upstream=origin.url, port=relay.port)
    get(apart, "/v")
    assert get(apart, "/v", **{"X-Fail": "yes"}).text == "old"
    cut(relay, apart)
    failed = get(apart, "/v", **{"X-Fail": "yes"})
    assert failed.status_code == 503 and failed.text == "failed"


def test_an_ai_answer_is_fetched_anew(sidecar, relay, demo):
    apart = sidecar(PATIENT + ", recheck: 0s", port=relay.port)
    ask(apart)
    assert cache_status(ask(apart))["hit"] is True
    cut(relay, apart)
    assert cache_status(ask(apart))["fwd"] == "stale"
    assert demo.openai.calls("POST /v1/chat/completions") == 2


def test_memory_alone_goes_on_where_the_operator_wants_that(sidecar, relay, demo):
    apart = sidecar(PATIENT + ", recheck: 24h", port=relay.port)
    get(apart, "/courses/1")
    cut(relay, apart)
    time.sleep(1.2)
    assert cache_status(get(apart, "/courses/1"))["hit"] is True
    assert demo.app.calls("GET /courses/1") == 1


@pytest.mark.parametrize("redis_is", ["reachable", "out of reach"])
def test_what_was_purged_before_a_start_is_not_served_after_it(sidecar, relay, demo, redis_is):
    apart, other = sidecar(port=relay.port, cache=", snapshot: warm.snapshot"), sidecar()
    get(apart, "/courses/1")
    apart.client.close()
    assert apart.program.terminate() == 0
    other.client.put("/courses/1", json={"title": "Another"}, headers={"Host": "app.test"}).raise_for_status()
    if redis_is == "out of reach":
        relay.cut()
    # Older than it may be unchecked, whoever is asked.
    time.sleep(1.0)
    apart.start_again()
    eventually(lambda: apart.stats()["cache"]["snapshot"]["isReading"] is False, what="the snapshot read")
    # Where it can hear of the purge it may have done so before it reads what is purged.
    snapshot = apart.stats()["cache"]["snapshot"]
    restored = {"reachable": [(1, 0), (0, 1)], "out of reach": [(1, 0)]}[redis_is]
    assert (snapshot["restoredEntries"], snapshot["droppedEntries"]) in restored
    assert get(apart, "/courses/1").json()["title"] == "Another"
