"""`refresh_ahead`: what is asked for often is fetched anew before its life is over."""

import pytest

from peers.waiting import eventually
from peers.weir import cache_status

ROUTES = """
routes:
  - {path: /v1, upstream: openai, cache: {mode: persona, ttl: 1h, refresh_ahead: {left: 100%, hits: 2, pause: 1h}}}
  - {path: /never, upstream: app, cache: {mode: http}}
  - {path: /, upstream: app, cache: {mode: http, refresh_ahead: {left: 100%, hits: 2, pause: 1h}}}
"""


@pytest.fixture
def eager(weir, upstreams):
    return weir(upstreams + ROUTES)


def refreshes(proxy, reason="ahead"):
    return proxy.metric("weir_cache_refreshes_total", reason=reason)


@pytest.mark.parametrize("etag", ["", "&etag=v"], ids=["fetched", "validated"])
def test_hits_have_it_fetched_behind_them(eager, demo, etag):
    path = f"/answer?size=10&cache_control=max-age=3600{etag}"
    first = eager.get(path)
    for _ in range(2):
        answer = eager.get(path)
        assert cache_status(answer)["hit"] and answer.content == first.content
    eventually(lambda: demo.app.calls("GET /answer") == 2, what="the call behind the second hit")
    assert demo.app.not_modified("GET /answer") == (1 if etag else 0)
    assert refreshes(eager) == 1
    # It is new: one hit alone has nothing fetched.
    eventually(lambda: eager.metric("weir_flights") == 0, what="the end of that call")
    assert cache_status(eager.get(path))["hit"]
    assert demo.app.calls("GET /answer") == 2
    route = next(route for route in eager.stats()["routes"] if route["name"] == "/")
    assert route["refreshes"] == {"ahead": 1, "stale_while_revalidate": 0}


def test_an_upstream_that_fails_is_asked_once(eager, demo):
    path = "/answer?size=10&cache_control=max-age=3600"
    first = eager.get(path)
    demo.app.fail(10_000, 503, "/answer")
    for _ in range(20):
        answer = eager.get(path)
        assert answer.status_code == 200 and answer.content == first.content
        assert cache_status(answer)["hit"]
    # The call and its retry.
    eventually(lambda: eager.metric("weir_flights") == 0, what="the end of the call")
    assert refreshes(eager) == 1
    assert demo.app.calls("GET /answer") <= 3


def test_an_ai_answer_is_asked_for_again(eager, demo):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "x"}]}
    for expected in (False, True, True):
        answer = eager.client.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer a"})
        assert ("hit" in cache_status(answer)) == expected
    eventually(lambda: demo.openai.calls("POST /v1/chat/completions") == 2, what="the call behind the hit")
    assert demo.openai.last()["body"]
    assert refreshes(eager) == 1


def test_without_it_nothing_is(eager, demo):
    for _ in range(10):
        eager.get("/never")
    assert refreshes(eager) == 0


def test_what_is_stale_is_counted_apart(proxy, demo):
    path = "/answer?size=10&cache_control=max-age=0,stale-while-revalidate=60"
    proxy.get(path)
    assert cache_status(proxy.get(path))["hit"]
    eventually(lambda: refreshes(proxy, "stale_while_revalidate") >= 1, what="a refresh")
    assert refreshes(proxy) == 0
