"""Upstreams that fail for a moment, ask to be left alone, or have another to stand in for them."""

import hashlib
import socket
import time

import openai
import pytest

from peers.waiting import eventually
from peers.weir import cache_status
from peers.wire import Wire

MESSAGES = [{"role": "user", "content": "hello"}]
CHAT = "/v1/chat/completions"


@pytest.fixture
def retrying(weir, upstreams):
    """Weir as it retries by default."""
    return weir(
        upstreams
        + """
routes:
  - {path: /v1/chat/completions, upstream: openai, cache: {mode: persona, ttl: 1h}}
  - {path: /v1, upstream: openai}
  - {path: /, upstream: app, cache: {mode: http}}
"""
    )


@pytest.fixture
def ai(retrying):
    with client(retrying, max_retries=0) as ai:
        yield ai


def client(weir, **more):
    return openai.OpenAI(base_url=f"{weir.url}/v1", api_key="sk-one", **more)


def chat(ai, model="gpt-4o-mini", **more):
    return ai.chat.completions.create(model=model, messages=MESSAGES, **more)


def test_a_rate_limit_is_waited_out_by_weir(ai, retrying, demo):
    demo.openai.fail(1, 429, CHAT, retry_after="1", code="rate_limit_exceeded")
    before = time.monotonic()
    assert chat(ai).choices[0].message.content
    assert time.monotonic() - before >= 1
    assert demo.openai.calls(f"POST {CHAT}") == 2
    assert retrying.metric("weir_upstream_retries_total", upstream="openai", outcome="success") == 1


def test_who_waits_for_retry_after_takes_nobody_elses_retries(retrying, demo):
    demo.app.fail(3, 503, "/private", retry_after="20")
    waiting = [Wire(retrying.port) for _ in range(3)]
    for index, wire in enumerate(waiting):
        wire.get(f"/private?{index}")
    eventually(
        lambda: retrying.metric("weir_upstream_requests_total", upstream="app", outcome="server_error") == 3,
        what="three calls that are asked to wait",
    )
    for _ in range(5):
        demo.app.fail(1, 503, "/flaky")
        assert retrying.get("/flaky").status_code == 200
    assert retrying.metric("weir_upstream_retries_total", upstream="app", outcome="over_budget") == 0
    # One more of those who are asked to wait has the answer at once.
    demo.app.fail(1, 503, "/private", retry_after="20")
    answer = retrying.get("/private")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "20")
    assert retrying.metric("weir_upstream_retries_total", upstream="app", outcome="over_budget") == 1
    for wire in waiting:
        wire.close()
    eventually(
        lambda: retrying.metric("weir_upstream_retries_total", upstream="app", outcome="cancelled") == 3,
        what="the end of those who waited",
    )


def test_a_stream_is_retried_before_its_first_byte(ai, demo):
    demo.openai.fail(1, 503, CHAT)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chat(ai, stream=True) if chunk.choices)
    assert demo.openai.calls(f"POST {CHAT}") == 2


def test_an_account_that_has_run_dry_is_not_asked_again(ai, demo):
    for calls in (1, 2):
        with pytest.raises(openai.RateLimitError) as raised:
            chat(ai, "demo-quota")
        assert raised.value.code == "insufficient_quota"
        assert "x-should-retry" not in raised.value.response.headers
        assert demo.openai.calls(f"POST {CHAT}") == calls


def test_the_client_does_not_multiply_what_weir_has_retried(retrying, demo):
    demo.openai.fail(100, 503, CHAT)
    with client(retrying, max_retries=5) as ai, pytest.raises(openai.InternalServerError) as raised:
        chat(ai)
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert demo.openai.calls(f"POST {CHAT}") == 2


def test_a_limited_credential_waits_without_a_call_and_another_goes_on(ai, retrying, demo):
    demo.openai.fail(1, 429, CHAT, retry_after="60", code="rate_limit_exceeded")
    with pytest.raises(openai.RateLimitError) as raised:
        chat(ai)
    assert raised.value.code == "rate_limit_exceeded"
    with pytest.raises(openai.RateLimitError) as raised:
        chat(ai)
    assert raised.value.code == "upstream_rate_limited"
    assert 1 <= int(raised.value.response.headers["Retry-After"]) <= 60
    assert cache_status(raised.value.response)["detail"] == "cooling-down"
    assert retrying.metric("weir_upstream_cooling_down", upstream="openai", service="chat") == 1
    assert retrying.metric("weir_breaker_state", upstream="openai", service="chat") == 0
    assert ai.embeddings.create(model="text-embedding-3-small", input="x").data
    with client(retrying, max_retries=0).with_options(api_key="sk-two") as other:
        assert chat(other).choices
    assert demo.openai.calls(f"POST {CHAT}") == 2


def test_an_error_of_a_call_that_may_have_acted_is_the_clients_own_to_judge(ai, demo):
    with pytest.raises(openai.InternalServerError) as raised:
        chat(ai, "demo-error-500")
    assert "x-should-retry" not in raised.value.response.headers
    assert demo.openai.calls(f"POST {CHAT}") == 1


def test_a_connection_that_breaks_before_the_answer_is_retried_for_what_may_be_done_twice(retrying, demo):
    demo.app.fail(1, path="/flaky")
    assert retrying.get("/flaky").status_code == 200
    demo.app.fail(1, path="/echo")
    assert retrying.client.post("/echo", content=b"x").status_code == 502
    assert demo.app.calls("POST /echo") == 1


def test_one_attempt_is_one_call(weir, demo):
    proxy = weir(f'upstreams: {{app: {{url: "{demo.app.url}", retry: {{attempts: 1}}}}}}\n'
                 "routes: [{path: /, upstream: app}]\n")
    demo.app.fail(1, 503, "/flaky")
    assert proxy.get("/flaky").status_code == 503
    assert demo.app.calls("GET /flaky") == 1


@pytest.fixture
def nobody():
    """An address where nobody listens, kept from others."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def falling_back(weir, demo, nobody):
    return weir(
        f"""
upstreams:
  openai: {{url: "{nobody}", breaker: {{failures: 3, open: 60s}}, headers: {{X-Internal: primary}}}}
  local: {{url: "{demo.openai.url}", headers: {{Authorization: "Bearer sk-local"}}}}
routes:
  - path: /v1
    upstream: openai
    fallback: {{upstream: local, models: {{gpt-4o: gpt-4o-mini}}}}
    cache: {{mode: persona, ttl: 1h}}
"""
    )


def test_a_fallback_answers_for_an_upstream_that_is_down(falling_back, demo):
    with client(falling_back, max_retries=0) as ai:
        for calls in (1, 2, 3):
            answer = ai.chat.completions.with_raw_response.create(model="gpt-4o", messages=MESSAGES)
            assert cache_status(answer)["detail"] == "fallback"
            assert answer.parse().model == "gpt-4o-mini"
            assert demo.openai.calls(f"POST {CHAT}") == calls
        with pytest.raises(openai.InternalServerError) as raised:
            chat(ai, "another")
    assert raised.value.code == "breaker_open"
    seen = demo.openai.last()["headers"]
    assert "x-internal" not in seen
    assert seen["authorization"] == ["sha256:" + hashlib.sha256(b"Bearer sk-local").hexdigest()[:12]]
    assert falling_back.metric("weir_upstream_fallbacks_total", upstream="openai", outcome="answered") == 3
    assert falling_back.metric("weir_cache_entries") == 0
