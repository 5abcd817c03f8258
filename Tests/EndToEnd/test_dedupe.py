"""Identical requests under way share one upstream call."""

import json

import pytest

from conftest import ROUTES
from peers.curl import PARTIAL, start_curl
from peers.waiting import eventually
from peers.wire import Wire

CHAT = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "together"}]})
CHAT_STREAM = json.dumps(json.loads(CHAT) | {"stream": True})


def post_chat(proxy, body, *more):
    fields = ["-H", "Content-Type: application/json", "-H", "Authorization: Bearer sk-one", *more]
    return start_curl(*fields, "-d", body, f"{proxy.url}/v1/chat/completions")


def followers(proxy, count):
    """Waits until so many requests follow another's upstream call."""
    eventually(lambda: proxy.metric("weir_flights_total", role="follower") == count, what=f"{count} followers")


def outputs(processes, code=0):
    ended = []
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == code, errors
        ended.append(output)
    return ended


def test_a_hundred_requests_make_one_upstream_call(proxy, demo):
    demo.app.hold("g")
    clients = [start_curl(f"{proxy.url}/answer?size=5000&cache_control=max-age=60&gate=g") for _ in range(100)]
    followers(proxy, 99)
    demo.app.release("g")
    answers = outputs(clients)
    assert len(answers[0]) == 5000 and set(answers) == {answers[0]}
    assert demo.app.calls("GET /answer") == 1


def test_followers_say_that_they_were_collapsed(proxy, demo):
    demo.app.hold("g")
    clients = [start_curl("-i", f"{proxy.url}/answer?size=10&cache_control=max-age=60&gate=g") for _ in range(3)]
    followers(proxy, 2)
    demo.app.release("g")
    collapsed = [b"; collapsed" in output for output in outputs(clients)]
    assert sorted(collapsed) == [False, True, True]


def test_a_hundred_readers_share_one_stream(proxy, demo):
    demo.app.hold("g")
    url = f"{proxy.url}/stream?events=5&interval=0&cache_control=max-age=60&event_gate=g"
    clients = [start_curl(url) for _ in range(100)]
    followers(proxy, 99)
    demo.app.release("g")
    answers = outputs(clients)
    assert answers[0].count(b"data:") == 5 and set(answers) == {answers[0]}
    assert demo.app.calls("GET /stream") == 1


def test_a_late_reader_of_a_stream_gets_it_from_the_first_byte(proxy, demo):
    demo.app.hold("g")
    path = "/stream?events=3&interval=0&cache_control=max-age=60&event_gate=g"
    with Wire(proxy.port) as early, Wire(proxy.port) as late:
        early.get(path)
        early.read_head()
        assert b'{"tick":1}' in early.read_chunk()
        demo.app.let_pass("g")
        assert b'{"tick":2}' in early.read_chunk()
        late.get(path)
        late.read_head()
        received = b""
        while b'{"tick":2}' not in received:
            received += late.read_chunk()
        assert received.startswith(b"id: 1\n")
        demo.app.release("g")
        while chunk := late.read_chunk():
            received += chunk
    assert received.count(b"data:") == 3
    assert demo.app.calls("GET /stream") == 1


def test_the_leaders_client_may_leave_without_harm_to_the_followers(proxy, demo):
    demo.app.hold("g")
    url = f"{proxy.url}/stream?events=3&interval=0&cache_control=max-age=60&event_gate=g"
    leader = start_curl(url)
    eventually(lambda: demo.app.waiting("g") == 1, what="the leader's call")
    follower = start_curl(url)
    followers(proxy, 1)
    leader.kill()
    leader.communicate()
    demo.app.release("g")
    assert outputs([follower])[0].count(b"data:") == 3
    assert demo.app.calls("GET /stream") == 1


def leave(clients):
    for client in clients:
        client.kill()
        client.communicate()


def test_the_upstream_call_ends_when_its_last_reader_leaves(weir, upstreams, demo):
    route = "{path: /v1, upstream: openai, cache: {mode: persona, ttl: 1h, finish: cancel}}"
    proxy = weir(f"{upstreams}routes: [{route}]\n")
    demo.openai.hold("g")
    clients = [post_chat(proxy, CHAT_STREAM, "-H", "X-Demo-Event-Gate: g") for _ in range(3)]
    followers(proxy, 2)
    eventually(lambda: demo.openai.waiting("g") == 1, what="the stream at its gate")
    leave(clients)
    eventually(lambda: demo.openai.abandoned("POST /v1/chat/completions") == 1, what="the upstream's lost client")


def test_an_answer_that_is_paid_for_is_finished_and_stored_although_everybody_has_left(proxy, demo):
    demo.openai.hold("g")
    clients = [post_chat(proxy, CHAT_STREAM, "-H", "X-Demo-Event-Gate: g") for _ in range(3)]
    followers(proxy, 2)
    eventually(lambda: demo.openai.waiting("g") == 1, what="the stream at its gate")
    leave(clients)
    eventually(lambda: proxy.stats()["requests"]["aborted"] == 3, what="three lost clients")
    demo.openai.release("g")
    eventually(lambda: proxy.metric("weir_cache_entries") == 1, what="the stored answer")
    assert outputs([post_chat(proxy, CHAT)])
    assert demo.openai.calls("POST /v1/chat/completions") == 1


def test_an_answer_that_must_not_be_shared_releases_those_who_wait(proxy, demo):
    demo.app.hold("g")
    clients = [start_curl(f"{proxy.url}/private?gate=g") for _ in range(5)]
    followers(proxy, 4)
    demo.app.release("g")
    assert set(outputs(clients)) == {b'{"account":"yours alone"}'}
    assert demo.app.calls("GET /private") == 5


@pytest.mark.parametrize("framing", ["", "&chunked=1"])
def test_an_answer_that_breaks_off_is_broken_for_every_reader(proxy, demo, framing):
    demo.app.hold("g")
    url = f"{proxy.url}/cut?size=4000&after=1000&gate=g{framing}"
    clients = [start_curl(url) for _ in range(10)]
    followers(proxy, 9)
    demo.app.release("g")
    assert all(len(output) <= 1000 for output in outputs(clients, code=PARTIAL))
    assert demo.app.calls("GET /cut") == 1
    assert proxy.metric("weir_cache_entries") == 0


@pytest.mark.parametrize("body", [CHAT, CHAT_STREAM], ids=["whole", "streamed"])
def test_identical_ai_requests_make_one_upstream_call(proxy, demo, body):
    demo.openai.hold("g")
    clients = [post_chat(proxy, body, "-H", "X-Demo-Gate: g") for _ in range(20)]
    followers(proxy, 19)
    demo.openai.release("g")
    answers = outputs(clients)
    assert b"together" in answers[0] and set(answers) == {answers[0]}
    assert demo.openai.calls("POST /v1/chat/completions") == 1


def test_a_late_reader_of_a_streamed_ai_answer_gets_all_of_it(proxy, demo):
    demo.openai.hold("g")
    early = post_chat(proxy, CHAT_STREAM, "-H", "X-Demo-Event-Gate: g")
    eventually(lambda: demo.openai.waiting("g") == 1, what="the first event")
    late = post_chat(proxy, CHAT_STREAM)
    followers(proxy, 1)
    demo.openai.release("g")
    first, second = outputs([early, late])
    assert first == second and first.rstrip().endswith(b"[DONE]")
    assert demo.openai.calls("POST /v1/chat/completions") == 1


def test_without_the_feature_every_request_is_a_call(weir, upstreams, demo):
    proxy = weir("features: {dedupe: false}\n" + upstreams + ROUTES)
    demo.app.hold("g")
    clients = [start_curl(f"{proxy.url}/answer?size=10&cache_control=max-age=60&gate=g") for _ in range(5)]
    eventually(lambda: demo.app.waiting("g") == 5, what="five calls")
    demo.app.release("g")
    assert len(set(outputs(clients))) == 1
