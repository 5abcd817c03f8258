"""Statistics that agree with what was sent, and steering over HTTP."""

import re

import pytest

from conftest import ROUTES
from peers.curl import start_curl
from peers.waiting import eventually
from peers.weir import cache_status

PURGE = "/api/admin/dashboard/cache/invalidate"


def ask(proxy, text, **headers):
    """A chat with the given fields."""
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
    answer = proxy.client.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer a", **headers})
    assert answer.status_code == 200, answer.text
    return answer


def is_hit(answer):
    return cache_status(answer).get("hit", False)


def test_health_and_readiness_answer_200(proxy):
    assert proxy.admin.get("/healthz").status_code == 200
    assert proxy.admin.get("/readyz").status_code == 200


def test_metrics_are_what_prometheus_reads(proxy):
    proxy.get("/courses")
    page = proxy.admin.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = {}
    for line in page.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in families
            families[name] = kind
    assert all(re.fullmatch(r"weir_[a-z0-9_]+", name) for name in families)
    for name, kind in families.items():
        if kind == "counter":
            assert name.endswith("_total"), name
    for name in proxy.metrics():
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in families or families[family] == "histogram", name


def test_a_histograms_buckets_grow_and_end_at_its_count(proxy):
    for _ in range(5):
        proxy.get("/courses")
    samples = proxy.metrics()
    buckets = [value for labels, value in samples["weir_request_duration_seconds_bucket"] if "courses" in labels["route"]]
    assert proxy.metric("weir_request_duration_seconds_count") == 5
    assert proxy.metric("weir_request_duration_seconds_bucket", le="+Inf") == 5
    assert buckets


def test_counters_agree_with_what_was_sent(proxy, demo):
    for _ in range(3):
        proxy.get("/courses")
    proxy.get("/status/404")
    proxy.get("/private")
    for _ in range(2):
        ask(proxy, "count me")
    # A request is counted when its last byte has gone, which its client may see first.
    stats = eventually(lambda: (s := proxy.stats())["requests"]["total"] == 7 and s, what="seven requests")
    assert stats["requests"]["byStatus"]["2xx"] == 6
    assert stats["requests"]["byStatus"]["4xx"] == 1
    assert stats["cacheHits"] == 3
    assert proxy.metric("weir_requests_total") == 7
    assert proxy.metric("weir_cache_lookups_total", outcome="hit") == 3
    assert proxy.metric("weir_cache_entries") == 2
    calls = demo.app.counts()["total"] + demo.openai.counts()["total"]
    assert proxy.metric("weir_upstream_requests_total") == calls == 4
    assert proxy.metric("weir_upstream_requests_total", upstream="openai") == 1


def test_tokens_are_counted_once_a_call(proxy):
    for _ in range(3):
        usage = ask(proxy, "count my tokens").json()["usage"]
    tokens = {
        kind: proxy.metric("weir_ai_tokens_total", model="gpt-4o-mini", kind=kind) for kind in ("prompt", "completion")
    }
    assert tokens == {"prompt": usage["prompt_tokens"], "completion": usage["completion_tokens"]}


@pytest.mark.parametrize("view", ["overview", "costs", "users", "cache", "circuits", "pools", "routes"])
def test_every_view_of_the_dashboard_answers_in_json(proxy, view):
    answer = proxy.admin.get(f"/api/admin/dashboard/{view}")
    assert answer.status_code == 200
    assert all(re.fullmatch(r"[a-z][A-Za-z]*", name) for name in answer.json())


def test_the_front_page_is_html(proxy):
    page = proxy.admin.get("/")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")


def purge_over_http(proxy, selector):
    return proxy.invalidate(**selector)


def purge_by_command(proxy, selector):
    (kind, value), = selector.items()
    if kind == "persona":
        value = "=".join(*value.items())
    arguments = [f"--{kind}"] if kind == "all" else [f"--{kind}", value]
    done = proxy.run("purge", *arguments)
    assert done.returncode == 0, done.stderr
    return int(re.search(r"\d+", done.stdout)[0])


@pytest.fixture(params=[purge_over_http, purge_by_command], ids=["http", "command"])
def purge(request):
    return request.param


def test_a_tag_removes_what_carries_it(proxy, purge):
    for path in ("/courses", "/courses/1", "/courses/2"):
        proxy.get(path)
    assert purge(proxy, {"tag": "course:1"}) == 1
    assert [is_hit(proxy.get(path)) for path in ("/courses", "/courses/1", "/courses/2")] == [True, False, True]


def test_tags_of_the_apps_own_answers_count(proxy, purge):
    for name in ("a", "b"):
        proxy.get(f"/answer?size=10&cache_control=max-age=60&tag={name},all")
    assert purge(proxy, {"tag": "a"}) == 1
    assert purge(proxy, {"tag": "all"}) == 1


@pytest.mark.parametrize(("pattern", "removed"), [("course:*", 2), ("/courses/?", 2), ("/courses*", 3), ("none*", 0)])
def test_a_pattern_matches_tags_or_paths(proxy, purge, pattern, removed):
    for path in ("/courses", "/courses/1", "/courses/2", "/"):
        proxy.get(path)
    assert purge(proxy, {"pattern": pattern}) == removed


def test_a_user_removes_what_it_caused(proxy, purge, demo):
    ask(proxy, "one", **{"X-User-Id": "ann"})
    ask(proxy, "two", **{"X-User-Id": "bob"})
    assert purge(proxy, {"user": "ann"}) == 1
    assert is_hit(ask(proxy, "two"))
    assert not is_hit(ask(proxy, "one"))


def test_a_persona_removes_what_was_written_for_it(proxy, purge):
    ask(proxy, "x", **{"X-Persona-Experience-Level": "beginner"})
    ask(proxy, "x", **{"X-Persona-Experience-Level": "expert"})
    assert purge(proxy, {"persona": {"experience_level": "beginner"}}) == 1
    assert is_hit(ask(proxy, "x", **{"X-Persona-Experience-Level": "expert"}))


def test_all_removes_everything(proxy, purge):
    for path in ("/courses", "/courses/1"):
        proxy.get(path)
    ask(proxy, "x")
    assert purge(proxy, {"all": True}) == 3
    assert proxy.metric("weir_cache_entries") == 0


def test_a_key_that_is_not_stored_removes_nothing(proxy, purge):
    proxy.get("/courses")
    assert purge(proxy, {"key": "0" * 64}) == 0
    assert is_hit(proxy.get("/courses"))


def test_a_purge_keeps_an_answer_under_way_from_being_stored(proxy, demo):
    demo.app.hold("g")
    url = "/answer?size=10&cache_control=max-age=60&tag=t&gate=g"
    client = start_curl(f"{proxy.url}{url}")
    eventually(lambda: demo.app.waiting("g") == 1, what="the call")
    proxy.invalidate(all=True)
    demo.app.release("g")
    assert len(client.communicate(timeout=30)[0]) == 10
    assert not is_hit(proxy.get(url))


@pytest.mark.parametrize(
    "body",
    ['{"tag": 1}', '{"tag": "a", "all": true}', "{}", "[]", "junk", '{"key": "short"}', '{"persona": {"mood": "x"}}',
     '{"all": false}', '{"tags": ["a"]}'],
)
def test_a_purge_that_is_none_is_refused_and_removes_nothing(proxy, body):
    proxy.get("/courses")
    answer = proxy.admin.post(PURGE, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert is_hit(proxy.get("/courses"))


def test_an_unknown_upstream_cannot_be_reset(proxy):
    answer = proxy.admin.post("/api/admin/dashboard/circuits/reset", json={"upstream": "nobody"})
    assert 400 <= answer.status_code < 500
    assert "nobody" in answer.json()["error"]["message"]


def test_a_token_is_asked_for_under_api_only_on_loopback(weir, upstreams):
    proxy = weir(upstreams + ROUTES, token="secret")
    for path in ("/healthz", "/readyz", "/metrics", "/stats"):
        assert proxy.admin.get(path).status_code == 200
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret"}):
        assert proxy.admin.get("/api/admin/dashboard/overview", headers=headers).status_code == 401
        assert proxy.admin.post(PURGE, json={"all": True}, headers=headers).status_code == 401
    right = {"Authorization": "Bearer secret"}
    assert proxy.admin.post(PURGE, json={"all": True}, headers=right).status_code == 200
    assert proxy.run("purge", "--all").returncode == 0


def test_the_proxys_own_listener_serves_no_admin(proxy, demo):
    proxy.get("/stats")
    assert demo.app.calls("GET /stats") == 1


def test_readiness_ends_while_weir_drains(proxy, demo):
    demo.app.hold("g")
    with proxy.client.stream("GET", "/stream?events=2&interval=0&event_gate=g") as answer:
        assert answer.status_code == 200
        proxy.program.process.terminate()
        eventually(lambda: proxy.admin.get("/readyz").status_code == 503, what="the end of readiness")
        demo.app.release("g")
        assert b"".join(answer.iter_raw()).count(b"data:") == 2
    assert proxy.program.process.wait(15) == 0
