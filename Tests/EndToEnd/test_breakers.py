"""An upstream that fails is left alone until it has had time."""

import openai
import pytest

from peers.curl import start_curl
from peers.waiting import eventually
from peers.weir import cache_status

OPEN = 2


@pytest.fixture
def broken(weir, demo):
    """Weir whose breakers open after three failures and stay open for a minute."""
    return weir(config(demo, "60s"))


@pytest.fixture
def short(weir, demo):
    """The same, but they stay open for a second only."""
    return weir(config(demo, "1s"))


def config(demo, open_time):
    return f"""
upstreams:
  app: {{url: "{demo.app.url}", breaker: {{failures: 3, open: {open_time}}}, retry: {{attempts: 1}}}}
  openai:
    url: "{demo.openai.url}"
    retry: {{attempts: 1}}
    breaker:
      chat: {{failures: 3, open: {open_time}}}
      embeddings: {{failures: 3, open: {open_time}}}
routes:
  - {{path: /v1/chat/completions, upstream: openai, cache: {{mode: persona, ttl: 1s}}}}
  - {{path: /v1, upstream: openai}}
  - {{path: /, upstream: app, cache: {{mode: http}}}}
"""


def open_breaker(proxy, demo, count=3):
    demo.app.fail(count, 503, "/flaky")
    for _ in range(3):
        assert proxy.get("/flaky").status_code == 503
    assert demo.app.calls("GET /flaky") == 3


def test_it_opens_after_its_failures_and_spares_the_upstream(broken, demo):
    open_breaker(broken, demo)
    for _ in range(5):
        answer = broken.get("/flaky")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "breaker_open"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert demo.app.calls("GET /flaky") == 3
    assert broken.metric("weir_breaker_state", upstream="app") == OPEN


def test_a_success_in_between_starts_the_count_again(broken, demo):
    for _ in range(3):
        demo.app.fail(2, 500, "/flaky")
        assert [broken.get("/flaky").status_code for _ in range(3)] == [500, 500, 200]


def test_errors_of_the_client_do_not_count(broken, demo):
    for _ in range(10):
        assert broken.get("/status/404").status_code == 404
    assert broken.get("/flaky").status_code == 200


def test_connections_that_break_count(broken, demo):
    demo.app.fail(3, path="/flaky")
    for _ in range(3):
        assert broken.get("/flaky").status_code == 502
    assert broken.get("/flaky").json()["error"]["code"] == "breaker_open"


def test_after_its_time_one_probe_closes_it_again(short, demo):
    open_breaker(short, demo)
    answer = eventually(lambda: (a := short.get("/flaky")).status_code == 200 and a, what="the probe")
    assert answer.json() == {"flaky": "well for now"}
    assert short.get("/flaky").status_code == 200
    assert short.metric("weir_breaker_state", upstream="app") == 0


def test_only_one_probe_is_let_through(short, demo):
    open_breaker(short, demo)
    demo.app.hold("g")
    url = f"{short.url}/flaky?gate=g"
    clients = [start_curl("-w", "%{http_code}", url)]

    def probe_is_out():
        if clients[-1].poll() is not None:
            assert clients[-1].communicate()[0].endswith(b"503")
            clients.append(start_curl("-w", "%{http_code}", url))
        return demo.app.waiting("g") == 1

    eventually(probe_is_out, what="the probe")
    for number in range(5):
        assert short.get(f"/flaky?another={number}").json()["error"]["code"] == "breaker_open"
    assert demo.app.calls("GET /flaky") == 4
    eventually(lambda: sum(client.poll() is None for client in clients) == 1, what="an answer for all but the probe")
    demo.app.release("g")
    assert clients[-1].communicate(timeout=30)[0].endswith(b"200")


def test_a_probe_that_fails_opens_it_again(short, demo):
    open_breaker(short, demo, count=4)
    eventually(lambda: short.get("/flaky").status_code and demo.app.calls("GET /flaky") == 4, what="the probe")
    assert short.get("/flaky").json()["error"]["code"] == "breaker_open"
    assert demo.app.calls("GET /flaky") == 4


def test_a_fresh_answer_is_served_behind_an_open_breaker(broken, demo):
    broken.get("/courses")
    open_breaker(broken, demo)
    assert cache_status(broken.get("/courses"))["hit"]


def test_the_command_line_closes_it(broken, demo):
    open_breaker(broken, demo)
    done = broken.run("reset-circuit", "app")
    assert done.returncode == 0, done.stderr
    assert broken.get("/flaky").status_code == 200


def test_the_admin_api_closes_it(broken, demo):
    open_breaker(broken, demo)
    answer = broken.admin.post("/api/admin/dashboard/circuits/reset", json={"upstream": "app"})
    assert answer.status_code == 200, answer.text
    assert broken.get("/flaky").status_code == 200


def test_the_official_client_reads_the_error(broken):
    with openai.OpenAI(base_url=f"{broken.url}/v1", api_key="sk-one", max_retries=0) as ai:
        messages = [{"role": "user", "content": "hello"}]
        for _ in range(3):
            with pytest.raises(openai.InternalServerError):
                ai.chat.completions.create(model="demo-error-500", messages=messages)
        with pytest.raises(openai.InternalServerError) as raised:
            ai.chat.completions.create(model="gpt-4o-mini", messages=messages)
    assert (raised.value.status_code, raised.value.code, raised.value.type) == (503, "breaker_open", "weir_error")
    assert int(raised.value.response.headers["Retry-After"]) > 0


def test_a_service_that_fails_leaves_the_others_alone(broken):
    with openai.OpenAI(base_url=f"{broken.url}/v1", api_key="sk-one", max_retries=0) as ai:
        messages = [{"role": "user", "content": "hello"}]
        for _ in range(4):
            with pytest.raises(openai.InternalServerError):
                ai.chat.completions.create(model="demo-error-500", messages=messages)
        assert ai.embeddings.create(model="text-embedding-3-small", input="x").data
    assert broken.metric("weir_breaker_state", upstream="openai", service="chat") == OPEN
    assert broken.metric("weir_breaker_state", upstream="openai", service="embeddings") == 0


def test_a_stale_ai_answer_is_served_behind_an_open_breaker(broken, demo):
    with openai.OpenAI(base_url=f"{broken.url}/v1", api_key="sk-one", max_retries=0) as ai:
        messages = [{"role": "user", "content": "hello"}]
        first = ai.chat.completions.create(model="gpt-4o-mini", messages=messages)
        for _ in range(3):
            with pytest.raises(openai.InternalServerError):
                ai.chat.completions.create(model="demo-error-500", messages=messages)

        def stale():
            answer = ai.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=messages)
            assert answer.parse() == first
            return cache_status(answer).get("ttl", 0) < 0 or cache_status(answer).get("fwd") == "stale"

        eventually(stale, what="the end of the answer's life")
    assert demo.openai.calls("POST /v1/chat/completions") == 4


def test_a_rate_limit_is_no_failure(broken, demo):
    with openai.OpenAI(base_url=f"{broken.url}/v1", api_key="sk-one", max_retries=0) as ai:
        for _ in range(5):
            with pytest.raises(openai.RateLimitError):
                ai.chat.completions.create(model="demo-error-429", messages=[{"role": "user", "content": "hello"}])
    assert broken.metric("weir_breaker_state", upstream="openai", service="chat") == 0


def test_without_the_feature_every_call_goes_through(weir, demo):
    proxy = weir("features: {breaker: false}\n" + config(demo, "60s"))
    demo.app.fail(10, 503, "/flaky")
    for _ in range(10):
        assert proxy.get("/flaky").status_code == 503
    assert demo.app.calls("GET /flaky") == 10
