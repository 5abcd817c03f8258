"""Several sidecars with one Redis."""

import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from conftest import ROUTES
from peers.redis import Redis
from peers.waiting import eventually
from peers.weir import Weir, cache_status


# What has to come in time has plenty of it, on a busy machine.
PATIENT = ", timeout: 1s, connect_timeout: 5s"


@pytest.fixture
def redis(start, tmp_path):
    folder = tmp_path / "redis"
    folder.mkdir()
    return start(Redis(folder))


@pytest.fixture
def sidecar(start, tmp_path, upstreams, redis):
    """Starts one more Weir with the same Redis, that hears of purges."""
    count = 0

    def start_sidecar(settings=PATIENT, upstream=None, port=None, cache="", subscribed=True):
        """`settings` are further ones of `cache.redis`; `upstream` stands in for the demo's backends, `port` for that of
        Redis; `cache` is more of the cache's settings."""
        nonlocal count
        count += 1
        folder = tmp_path / f"sidecar-{count}"
        folder.mkdir()
        url = f"redis://127.0.0.1:{port or redis.port}/0"
        cache = f'cache: {{redis: {{url: "{url}"{settings}}}{cache}}}\n'
        if upstream:
            config = f'upstreams: {{app: {{url: "{upstream}"}}}}\nroutes: [{{path: /, upstream: app, cache: {{mode: http}}}}]\n'
        else:
            config = upstreams + ROUTES
        weir = start(Weir(folder, cache + config))
        if subscribed:
            eventually(lambda: tier(weir)["subscribed"], what="the sidecar to hear of purges")
        return weir

    return start_sidecar


def tier(weir):
    return weir.stats()["cache"]["redis"]


# Sidecars have one name for their clients, whatever their ports are here.
HOST = {"Host": "app.test"}


def get(weir, path, **fields):
    return weir.get(path, headers=HOST | fields)


def test_what_one_sidecar_has_fetched_another_serves(sidecar, demo):
    first, second = sidecar(), sidecar()
    answer = get(first, "/courses/1")
    assert cache_status(answer)["stored"] is True
    shared = get(second, "/courses/1")
    assert cache_status(shared)["hit"] is True and cache_status(shared)["detail"] == "redis"
    assert shared.content == answer.content
    assert shared.headers["ETag"] == answer.headers["ETag"]
    again = get(second, "/courses/1")
    assert cache_status(again)["hit"] is True and "detail" not in cache_status(again)
    assert demo.app.calls("GET /courses/1") == 1


def test_a_purge_on_one_sidecar_is_one_on_all(sidecar, demo):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    assert cache_status(get(second, "/courses/1"))["hit"] is True
    assert second.invalidate(tag="course:1") == 1
    eventually(lambda: first.stats()["cache"]["entries"] == 0, what="the other's purge")
    assert cache_status(get(first, "/courses/1"))["fwd"] == "uri-miss"
    assert demo.app.calls("GET /courses/1") == 2


def test_a_crowd_on_two_sidecars_is_one_call(sidecar, demo):
    weirs = [sidecar(), sidecar()]
    demo.app.hold("crowd")
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(get, weirs[index % 2], "/courses/1?gate=crowd") for index in range(20)]
        eventually(lambda: demo.app.waiting("crowd") == 1, what="the call")
        eventually(lambda: all(weir.stats()["flights"]["followers"] == 9 for weir in weirs), what="the crowd")
        demo.app.release("crowd")
        bodies = {answer.result().content for answer in answers}
    assert len(bodies) == 1
    assert demo.app.calls("GET /courses/1") == 1


# What is found


def test_variants_are_told_apart(sidecar, nginx_origin, weir):
    origin = nginx_origin('location / { add_header Vary X-Kind; add_header Cache-Control max-age=60; return 200 "$http_x_kind"; }')
    first, second = (sidecar(upstream=origin.url) for _ in range(2))
    assert [get(first, "/v", **{"X-Kind": kind}).text for kind in "ab"] == ["a", "b"]
    for kind in "ab":
        answer = get(second, "/v", **{"X-Kind": kind})
        assert answer.text == kind and cache_status(answer).get("detail") == "redis"
    other = get(second, "/v", **{"X-Kind": "c"})
    assert other.text == "c" and "hit" not in cache_status(other)


class Sayings:
    """An origin that says what a test wants it to."""

    def __init__(self):
        said = self.said = {}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = said["body"].encode()
                self.send_response(200)
                self.send_header("Cache-Control", f"max-age={said['lifetime']}")
                if said["vary"]:
                    self.send_header("Vary", said["vary"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def say(self, body, vary=None, lifetime=600):
        self.said.update(body=body, vary=vary, lifetime=lifetime)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def origin():
    origin = Sayings()
    yield origin
    origin.stop()


RELOAD = {"Cache-Control": "no-cache"}


def fetch(weir, path, origin, body, vary=None, lifetime=600, **fields):
    """Has `weir` fetch that, and Redis take it or refuse it."""
    before = fates(weir)
    origin.say(body, vary, lifetime)
    assert get(weir, path, **fields).text == body
    eventually(lambda: fates(weir) > before, what="Redis to have its answer")


def fates(weir):
    return sum(tier(weir)["events"].get(fate, 0) for fate in ("written", "outrun", "unwritten"))


@pytest.mark.parametrize("first, second", [(None, "X-A"), ("X-A", None), ("X-A", "X-A, X-B")])
@pytest.mark.parametrize("lifetime", [600, 1])
def test_the_newest_answer_to_a_request_is_the_one_that_others_get(sidecar, origin, first, second, lifetime):
    one, other = (sidecar(upstream=origin.url) for _ in range(2))
    fields = {"X-A": "1", "X-B": "1"}
    fetch(one, "/v", origin, "v1", first, **fields)
    fetch(one, "/v", origin, "v2", second, lifetime, **fields, **RELOAD)
    if lifetime == 1:
        time.sleep(1.1)
    origin.say("v3")
    assert get(other, "/v", **fields).text == ("v2" if lifetime == 600 else "v3")


def test_what_varied_by_other_names_does_not_come_back_with_the_names(sidecar, origin):
    one, other = (sidecar(upstream=origin.url) for _ in range(2))
    fields = {"X-A": "1", "X-B": "1"}
    fetch(one, "/v", origin, "v1", "X-A", **fields)
    fetch(one, "/v", origin, "v2", "X-A, X-B", **fields, **RELOAD)
    fetch(one, "/v", origin, "v3", "X-A", **{"X-A": "2"})
    origin.say("v4", "X-A")
    assert get(other, "/v", **fields).text == "v4"
    shared = get(other, "/v", **{"X-A": "2"})
    assert shared.text == "v3" and cache_status(shared)["detail"] == "redis"


@pytest.mark.parametrize("first, second", [(None, "X-A"), ("X-A", None), ("X-A", "X-B")])
def test_what_is_too_large_for_redis_leaves_nothing_older_there(sidecar, redis, origin, first, second):
    one, other = (sidecar(PATIENT + ", max_object: 2KiB", upstream=origin.url) for _ in range(2))
    fields = {"X-A": "1", "X-B": "1"}
    fetch(one, "/v", origin, "v1", first, **fields)
    fetch(one, "/v", origin, "v2" * 3000, second, **fields, **RELOAD)
    origin.say("v3")
    eventually(lambda: not any(key.endswith((":e", ":v")) for key in redis.keys("*")), what="Redis to have nothing of it")
    assert get(other, "/v", **fields).text == "v3"


def test_an_answer_without_vary_leaves_what_others_select(sidecar, origin):
    one, other = (sidecar(upstream=origin.url) for _ in range(2))
    fetch(one, "/v", origin, "v1", "X-A", **{"X-A": "1"})
    fetch(one, "/v", origin, "v2", **{"X-A": "2"})
    found = {value: get(other, "/v", **{"X-A": value}) for value in "12"}
    assert {value: answer.text for value, answer in found.items()} == {"1": "v1", "2": "v2"}
    assert all(cache_status(answer)["detail"] == "redis" for answer in found.values())


def test_the_age_goes_on(sidecar, demo):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    time.sleep(1.2)
    answer = get(second, "/courses/1")
    assert cache_status(answer)["hit"] is True
    assert int(answer.headers["Age"]) in (1, 2)
    assert cache_status(answer)["ttl"] in (58, 59)


def test_what_is_stale_is_validated_by_whoever_asks(sidecar, demo):
    first, second = sidecar(), sidecar()
    answer = get(first, "/courses/1?max_age=2")
    time.sleep(2.1)
    validated = get(second, "/courses/1?max_age=2")
    assert validated.content == answer.content
    assert cache_status(validated)["fwd-status"] == 304
    assert demo.app.not_modified("GET /courses/1") == 1
    assert cache_status(get(first, "/courses/1?max_age=2"))["detail"] == "redis"
    assert demo.app.calls("GET /courses/1") == 2


def test_head_and_parts_are_answered_from_what_another_has(sidecar, demo):
    first, second, third = sidecar(), sidecar(), sidecar()
    whole = get(first, "/courses/1")
    # These do not wait for who fetches.
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    head = second.client.head("/courses/1", headers=HOST | {"Accept-Encoding": "identity"})
    assert cache_status(head)["hit"] is True and head.headers["Content-Length"] == str(len(whole.content))
    part = get(third, "/courses/1", Range="bytes=3-9")
    assert part.status_code == 206 and part.content == whole.content[3:10]
    assert demo.app.calls("GET /courses/1") == 1 and demo.app.calls("HEAD /courses/1") == 0


def test_an_ai_answer_serves_all_sidecars_streamed_or_not(sidecar, demo):
    first, second, third = sidecar(), sidecar(), sidecar()
    whole = ask(first)
    assert ask(second).json() == whole.json()
    assert cache_status(ask(second))["hit"] is True
    streamed = ask(third, stream=True)
    assert streamed.headers["Content-Type"].startswith("text/event-stream")
    assert streamed.text.endswith("data: [DONE]\n\n")
    assert cache_status(streamed)["hit"] is True
    assert demo.openai.calls("POST /v1/chat/completions") == 1


def test_items_that_one_sidecar_has_fetched_another_puts_together_with_its_own(sidecar, demo):
    first, second = sidecar(), sidecar()

    def embed(weir, *texts):
        body = {"model": "text-embedding-3-small", "input": list(texts), "dimensions": 8}
        answer = weir.client.post("/v1/embeddings", json=body, headers=HOST | {"Authorization": "Bearer a"})
        assert answer.status_code == 200, answer.text
        return answer

    known = embed(first, "one", "two")
    found = embed(second, "two", "one")
    assert cache_status(found)["hit"] is True and cache_status(found)["detail"] == "redis"
    assert found.json()["data"][1]["embedding"] == known.json()["data"][0]["embedding"]
    part = embed(second, "three", "one")
    assert part.headers["Cache-Status"].endswith('detail="1/2"')
    assert demo.openai.calls("POST /v1/embeddings") == 2


def test_no_cache_asks_the_upstream_and_the_others_get_what_it_says(sidecar, demo):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    get(second, "/courses/1", **{"Cache-Control": "no-cache"})
    assert demo.app.calls("GET /courses/1") == 2


def test_what_is_refreshed_behind_is_refreshed_by_one_for_all(sidecar, demo):
    first, second = sidecar(), sidecar()
    path = "/answer?size=10&cache_control=max-age=3,stale-while-revalidate=600&gate=behind"
    demo.app.release("behind")
    get(first, path)
    assert cache_status(get(second, path))["detail"] == "redis"
    demo.app.hold("behind")
    time.sleep(3.1)
    assert cache_status(get(first, path))["ttl"] <= 0
    eventually(lambda: demo.app.waiting("behind") == 1, what="the call behind it")
    assert cache_status(get(second, path))["ttl"] <= 0
    eventually(lambda: tier(second)["events"].get("left") == 1, what="the other to leave it")
    demo.app.release("behind")
    eventually(lambda: tier(first)["events"].get("written") == 2, what="the refreshed answer in Redis")
    eventually(lambda: cache_status(get(second, path))["ttl"] > 0, what="the other to have it")
    assert demo.app.calls("GET /answer") == 2


def test_what_a_head_has_freshened_is_fresh_for_all(sidecar, nginx_origin):
    origin = nginx_origin(
        "location / { add_header Cache-Control max-age=3; add_header ETag '\"v\"'; return 200 old; }"
    )
    first, second = (sidecar(upstream=origin.url) for _ in range(2))
    get(first, "/v")
    time.sleep(3.1)
    head = first.client.head("/v", headers={"Host": "app.test", "Accept-Encoding": "identity"})
    assert cache_status(head)["fwd"] == "stale"
    eventually(lambda: tier(first)["events"].get("written") == 2, what="the freshened answer in Redis")
    answer = get(second, "/v")
    assert answer.text == "old" and cache_status(answer)["detail"] == "redis"


# What is purged


@pytest.mark.parametrize("selector", [{"tag": "course:1"}, {"pattern": "/courses/*"}, {"pattern": "course:*"}, {"all": True}])
def test_what_was_purged_is_not_served_from_redis_either(sidecar, demo, selector):
    first, second, third = sidecar(), sidecar(), sidecar()
    get(first, "/courses/1")
    get(second, "/courses/1")
    second.invalidate(**selector)
    eventually(lambda: first.stats()["cache"]["entries"] == 0, what="the other's purge")
    # The third has never had it in its memory.
    assert cache_status(get(third, "/courses/1"))["fwd"] == "uri-miss"
    assert demo.app.calls("GET /courses/1") == 2


def test_a_write_through_one_sidecar_reaches_the_others(sidecar, demo):
    first, second = sidecar(), sidecar()
    before = get(first, "/courses/1").json()
    assert get(second, "/courses/1").json() == before
    second.client.put("/courses/1", json={"title": "Another"}, headers=HOST).raise_for_status()
    after = eventually(lambda: (answer := get(first, "/courses/1").json()) != before and answer, what="the new course")
    assert after["title"] == "Another"


def test_a_soft_purge_is_one_on_all(sidecar, demo):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    get(second, "/courses/1")
    assert second.invalidate(tag="course:1", soft=True) == 1
    eventually(lambda: cache_status(get(first, "/courses/1")).get("fwd-status") == 304, what="the other's purge")


def test_what_was_fetched_before_a_purge_elsewhere_is_kept_by_nobody(sidecar, demo):
    first, second = sidecar(), sidecar()
    demo.app.hold("slow")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, first, "/courses/1?gate=slow")
        eventually(lambda: demo.app.waiting("slow") == 1, what="the call")
        second.invalidate(tag="course:1")
        eventually(lambda: purge_count(first) == 1, what="the purge")
        demo.app.release("slow")
        assert answer.result().status_code == 200
    assert first.stats()["cache"]["entries"] == 0
    assert "hit" not in cache_status(get(second, "/courses/1?gate=slow"))


def test_what_was_purged_while_the_subscription_was_lost_is_not_served(sidecar, demo, redis):
    first, second = sidecar(PATIENT + ", recheck: 0s"), sidecar()
    get(first, "/courses/1")
    get(second, "/courses/1")
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    # Nobody can subscribe for now: of what the other purges the first hears nothing.
    redis.run("ACL", "SETUSER", "default", "resetchannels")
    redis.run("CLIENT", "KILL", "TYPE", "pubsub")
    eventually(lambda: not tier(first)["subscribed"], what="the loss")
    validated = get(first, "/courses/1")
    assert "hit" not in cache_status(validated), "what is in doubt is validated"
    assert any(key.endswith(":e") for key in redis.keys()), "what is confirmed stays in Redis"
    redis.run("ACL", "SETUSER", "default", "allchannels")


def test_what_may_have_been_purged_is_validated_when_redis_has_lost_its_memory(sidecar, demo, redis):
    first = sidecar()
    get(first, "/courses/1")
    assert cache_status(get(first, "/courses/1"))["hit"] is True
    redis.program.process.kill()
    redis.program.process.wait()
    redis.start_again()
    eventually(lambda: tier(first)["subscribed"] and tier(first)["purges"]["doubts"] == 2, what="the doubt")
    validated = get(first, "/courses/1")
    assert cache_status(validated)["fwd-status"] == 304
    assert cache_status(get(first, "/courses/1"))["hit"] is True


def test_a_sidecar_never_reads_what_it_has_purged_itself(sidecar, demo):
    weir = sidecar()
    for number in range(50):
        path = f"/courses/1?n={number}"
        get(weir, path)
        weir.invalidate(tag="course:1")
        assert cache_status(get(weir, path)) == {"fwd": "uri-miss", "stored": True}


def test_a_purge_reaches_all_through_a_redis_that_takes_no_more(sidecar, demo, redis):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    assert cache_status(get(second, "/courses/1"))["hit"] is True
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    redis.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.run("CONFIG", "SET", "maxmemory", "1")
    first.invalidate(tag="course:1")
    assert "hit" not in cache_status(get(first, "/courses/1"))
    eventually(lambda: second.stats()["cache"]["entries"] == 0, what="the other's purge")
    assert "hit" not in cache_status(get(second, "/courses/1"))
    assert tier(first)["purges"]["untold"] == 1
    redis.run("CONFIG", "SET", "maxmemory", "0")
    eventually(lambda: tier(first)["purges"]["untold"] == 0, what="the purge to be told")


@pytest.mark.parametrize("newer", ["no-store", "gone"])
def test_what_a_newer_answer_has_ended_does_not_come_back(sidecar, nginx_origin, newer):
    origin = nginx_origin(
        "location / { add_header Cache-Control max-age=60; "
        'if ($http_x_newer = no-store) { add_header Cache-Control no-store; return 200 new; } '
        "if ($http_x_newer = gone) { return 410 gone; } "
        "return 200 old; }"
    )
    first, second = (sidecar(upstream=origin.url) for _ in range(2))
    assert get(first, "/v").text == "old"
    assert get(second, "/v").text == "old"
    get(first, "/v", **{"Cache-Control": "no-cache", "X-Newer": newer})
    assert "hit" not in cache_status(get(first, "/v"))


def test_who_follows_has_a_say_in_what_is_stored_elsewhere(sidecar, demo):
    weir = sidecar()
    get(weir, "/courses/1")
    other = sidecar()
    answer = get(other, "/courses/1", **{"Cache-Control": "only-if-cached"})
    assert answer.status_code == 200 and cache_status(answer)["detail"] == "redis"
    assert get(other, "/courses/2", **{"Cache-Control": "only-if-cached"}).status_code == 504


def test_thousands_of_purges_are_caught_up_with(sidecar, demo):
    first = sidecar()
    get(first, "/courses/1")
    for number in range(2500):
        first.admin.post("/api/admin/dashboard/cache/invalidate", json={"tag": f"t{number}"})
    eventually(lambda: tier(first)["purges"]["sent"] == 2500, what="all to be told")
    second = sidecar()
    assert cache_status(get(second, "/courses/1"))["detail"] == "redis"
    first.invalidate(tag="course:1")
    eventually(lambda: tier(second)["purges"]["received"] == 1, what="the purge")
    assert "hit" not in cache_status(get(second, "/courses/1"))


def test_a_redis_that_is_back_with_older_data_is_another(sidecar, demo, redis):
    first = sidecar()
    get(first, "/courses/1")
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    redis.run("SAVE")
    first.invalidate(tag="course:1")
    eventually(lambda: tier(first)["purges"]["sent"] == 1, what="the purge to be told")
    redis.program.process.kill()
    redis.program.process.wait()
    redis.start_again()
    assert any(key.endswith(":e") for key in redis.keys())
    second = sidecar()
    assert cache_status(get(second, "/courses/1"))["fwd"] == "uri-miss"


# What fails


def test_a_redis_that_is_gone_is_none(sidecar, demo, redis):
    first = sidecar("")
    get(first, "/courses/1")
    redis.stop()
    for number in range(1, 50):
        answer = get(first, f"/courses/1?n={number}")
        assert answer.status_code == 200
    redis.start_again()
    second = sidecar()
    eventually(lambda: shares(first, second), what="the two to share again")


def test_a_redis_that_is_paused_costs_little_and_nothing_fails(sidecar, demo, redis):
    first = sidecar("")
    get(first, "/courses/1")
    redis.program.process.send_signal(signal.SIGSTOP)
    try:
        for number in range(200):
            assert get(first, f"/courses/1?n={number}").status_code == 200
    finally:
        redis.program.process.send_signal(signal.SIGCONT)
    second = sidecar()
    eventually(lambda: shares(first, second), what="the two to share again")


def test_a_redis_that_is_full_is_read_on(sidecar, demo, redis):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    eventually(lambda: tier(first)["events"].get("written") == 1, what="the answer in Redis")
    redis.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.run("CONFIG", "SET", "maxmemory", "1")
    assert cache_status(get(first, "/courses/2"))["stored"] is True
    assert cache_status(get(second, "/courses/1")).get("detail") == "redis"
    assert get(second, "/courses/2").status_code == 200


def test_who_dies_with_the_lock_costs_one_lifetime(sidecar, demo, redis):
    first, second = sidecar(PATIENT + ", lock: 500ms"), sidecar(PATIENT + ", lock: 500ms")
    demo.app.hold("dead")
    with ThreadPoolExecutor(2) as pool:
        lost = pool.submit(get, first, "/courses/1?gate=dead")
        eventually(lambda: demo.app.waiting("dead") == 1, what="the call")
        waiting = pool.submit(get, second, "/courses/1?gate=dead")
        eventually(lambda: any(key.endswith(":w") for key in redis.keys()), what="the other to wait")
        first.program.process.kill()
        assert isinstance(lost.exception(), httpx.TransportError)
        eventually(lambda: demo.app.calls("GET /courses/1") == 2, what="the other's own call")
        demo.app.release("dead")
        assert waiting.result().status_code == 200


def test_an_answer_that_cannot_be_shared_lets_those_who_wait_go_at_once(sidecar, demo):
    first, second = sidecar(PATIENT + ", lock: 60s"), sidecar(PATIENT + ", lock: 60s")
    demo.app.hold("private")
    path = "/answer?size=10&cache_control=private&gate=private"
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(get, first, path)
        eventually(lambda: demo.app.waiting("private") == 1, what="the call")
        two = pool.submit(get, second, path)
        eventually(lambda: second.stats()["flights"]["leaders"] == 1, what="the other")
        demo.app.release("private")
        assert one.result().status_code == two.result().status_code == 200
    assert demo.app.calls("GET /answer") == 2


def test_a_value_that_is_damaged_is_a_miss(sidecar, demo, redis):
    first, second = sidecar(), sidecar()
    get(first, "/courses/1")
    (name,) = eventually(lambda: [key for key in redis.keys() if key.endswith(":e")], what="the answer in Redis")
    redis.run("SETRANGE", name, 100, "damage")
    answer = get(second, "/courses/1")
    assert answer.status_code == 200 and cache_status(answer)["fwd"] == "uri-miss"
    assert demo.app.calls("GET /courses/1") == 2


def ask(weir, **more):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "What is a weir?"}]} | more
    return weir.client.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer sk-one"})


def shares(first, second):
    """Whether what the one fetches now the other has."""
    path = f"/courses/1?n={random.random()}"
    get(first, path)
    return cache_status(get(second, path)).get("detail") == "redis"


def purge_count(weir):
    return tier(weir)["purges"]["received"]
