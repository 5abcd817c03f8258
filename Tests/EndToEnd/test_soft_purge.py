"""Soft purges: what they mark is stale from then on, and still there."""

import pytest

from peers.curl import start_curl
from peers.waiting import eventually
from peers.weir import cache_status

CHAT = "/v1/chat/completions"


def ask(proxy, text="x", **headers):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
    return proxy.client.post(CHAT, json=body, headers={"Authorization": "Bearer a", **headers})


def over_http(proxy, selector):
    return proxy.invalidate(**selector, soft=True)


def by_command(proxy, selector):
    (kind, value), = selector.items()
    if kind == "persona":
        value = "=".join(*value.items())
    done = proxy.run("purge", f"--{kind}", *([] if kind == "all" else [value]), "--soft")
    assert done.returncode == 0, done.stderr
    word, count = done.stdout.split()
    assert word == "softened"
    return int(count)


@pytest.fixture(params=[over_http, by_command], ids=["http", "command"])
def soften(request):
    return request.param


@pytest.mark.parametrize(
    ("selector", "marked"),
    [
        ({"tag": "course:1"}, ["/courses/1"]),
        ({"pattern": "course:*"}, ["/courses/1", "/courses/2"]),
        ({"pattern": "/courses*"}, ["/courses", "/courses/1", "/courses/2"]),
        ({"all": True}, ["/courses", "/courses/1", "/courses/2"]),
        ({"key": "0" * 64}, []),
    ],
    ids=["tag", "tags", "paths", "all", "key"],
)
def test_what_it_marks_is_validated_and_the_rest_is_a_hit(proxy, demo, soften, selector, marked):
    paths = ("/courses", "/courses/1", "/courses/2")
    before = {path: proxy.get(path).content for path in paths}
    assert soften(proxy, selector) == len(marked)
    assert proxy.metric("weir_cache_entries") == 3
    assert proxy.metric("weir_cache_softened_total") == len(marked)
    assert proxy.metric("weir_cache_evictions_total", reason="purged") == 0
    for path in paths:
        answer = proxy.get(path)
        assert answer.content == before[path]
        expected = {"fwd": "stale", "fwd-status": 304} if path in marked else {"hit": True}
        assert expected.items() <= cache_status(answer).items()
        assert cache_status(proxy.get(path))["hit"]
    assert proxy.stats()["cache"]["softened"] == len(marked)
    assert demo.app.counts()["total"] == 3 + len(marked)


@pytest.mark.parametrize(
    "selector",
    [{"user": "ann"}, {"persona": {"experience_level": "beginner"}}, {"pattern": "/v1/*"}, {"all": True}],
    ids=["user", "persona", "paths", "all"],
)
def test_an_ai_answer_that_it_marks_stands_in_for_the_provider(proxy, demo, soften, selector):
    fields = {"X-User-Id": "ann", "X-Persona-Experience-Level": "beginner"}
    first = ask(proxy, **fields)
    assert soften(proxy, selector) == 1
    demo.openai.fail(1, status=500)
    stale = ask(proxy, **fields)
    assert stale.status_code == 200 and stale.content == first.content
    assert cache_status(stale)["detail"] == "stale-if-error"
    fetched = ask(proxy, **fields)
    assert cache_status(fetched)["fwd-status"] == 200
    assert cache_status(ask(proxy, **fields))["hit"]


def test_with_stale_while_revalidate_it_is_served_meanwhile(proxy, demo):
    path = "/answer?size=10&cache_control=max-age=60,stale-while-revalidate=60&etag=v&tag=t"
    proxy.get(path)
    assert proxy.invalidate(tag="t", soft=True) == 1
    stale = cache_status(proxy.get(path))
    assert stale["hit"] and stale["ttl"] <= 0
    eventually(lambda: cache_status(proxy.get(path))["ttl"] > 0, what="a fresh answer behind it")
    assert demo.app.counts()["total"] == 2


def test_an_answer_under_way_is_not_stored(proxy, demo):
    demo.app.hold("g")
    path = "/answer?size=10&cache_control=max-age=60&tag=t&gate=g"
    client = start_curl(f"{proxy.url}{path}")
    eventually(lambda: demo.app.waiting("g") == 1, what="the call")
    assert proxy.invalidate(tag="t", soft=True) == 0
    demo.app.release("g")
    assert len(client.communicate(timeout=30)[0]) == 10
    assert "hit" not in cache_status(proxy.get(path))


def test_each_variant_is_marked(proxy):
    path = "/answer?size=10&cache_control=max-age=60&vary=X-Who&tag=t"
    for who in ("a", "b"):
        proxy.get(path, headers={"X-Who": who})
    assert proxy.invalidate(tag="t", soft=True) == 2
    for who in ("a", "b"):
        assert cache_status(proxy.get(path, headers={"X-Who": who}))["fwd"] == "stale"
        assert cache_status(proxy.get(path, headers={"X-Who": who}))["hit"]


@pytest.mark.parametrize("body", ['{"soft": true}', '{"all": true, "soft": "yes"}', '{"all": true, "softly": true}'])
def test_one_that_is_none_is_refused_and_marks_nothing(proxy, body):
    proxy.get("/courses")
    answer = proxy.admin.post(
        "/api/admin/dashboard/cache/invalidate", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert cache_status(proxy.get("/courses"))["hit"]
