"""What clients send is theirs: no log line, error, statistic, metric or admin answer shows it."""

import httpx
import pytest

from conftest import ROUTES
from peers.program import free_port
from peers.wire import Wire

KEY = "sk-planted-key-7f3a"
OTHER_KEY = "planted-api-key-91c2"
COOKIE = "planted-cookie-55aa"
PROMPT = "planted-prompt-e0e1"
USER = "planted-user-c4d4"
QUERY = "planted-query-b7b8"
CONFIGURED = "planted-configured-d2d3"
ADMIN = "planted-admin-token-a9a9"
SECRETS = [KEY, OTHER_KEY, COOKIE, PROMPT, USER, QUERY, CONFIGURED, ADMIN]

HEADERS = {"Authorization": f"Bearer {KEY}", "x-api-key": OTHER_KEY, "Cookie": f"session={COOKIE}", "X-User-Id": USER}
DASHBOARD = "/api/admin/dashboard/"


def body(model="gpt-4o-mini", **more):
    return {
        "model": model,
        "messages": [{"role": "user", "content": PROMPT}],
        "user": USER,
        "metadata": {"note": PROMPT},
    } | more


def requests(client):
    """Everything that can become of a request, by name: answers of Weir's own among them."""
    path = f"/v1/chat/completions?api-key={QUERY}"

    def ask(json=None, path=path, method="POST", **more):
        return client.request(method, path, json=json, headers=HEADERS | more.pop("headers", {}), **more)

    yield "miss", ask(body())
    yield "hit", ask(body())
    yield "stream", ask(body(stream=True))
    yield "bypass", ask(body(web_search_options={}))
    yield "not json", ask(content=f"{PROMPT} {{", headers={"Content-Type": "application/json"})
    for status in (400, 401, 500, 503):
        yield f"status {status}", ask(body(f"demo-error-{status}"))
    yield "quota", ask(body("demo-quota"))
    yield "error event", ask(body("demo-stream-error", stream=True))
    for _ in range(6):
        ask(body("demo-error-500"))
    yield "breaker open", ask(body("demo-error-500", temperature=1))
    yield "limited", ask(body("demo-error-429"))
    yield "cooling down", ask({"model": "demo-error-429", "input": PROMPT}, "/v1/embeddings")
    yield "cooling down still", ask({"model": "text-embedding-3-small", "input": PROMPT}, "/v1/embeddings")
    yield "embedding", ask({"model": "text-embedding-3-small", "input": PROMPT}, f"/v1/embeddings?key={QUERY}")
    yield "unreachable", ask(body(), f"/gone/v1/chat/completions?token={QUERY}")
    yield "no method", ask(path=f"/v1/chat/completions?{QUERY}", method="TRACE")
    yield "too large", ask(body(pad=PROMPT * 20_000))
    yield "only if cached", ask(body(seed=1), headers={"Cache-Control": "only-if-cached"})
    yield "app", ask(path=f"/courses/1?token={QUERY}", method="GET")
    yield "loop", ask(body(), headers={"Via": "1.1 weir, 1.1 weir, 1.1 weir"})


@pytest.mark.parametrize("level", ["trace", "info"])
@pytest.mark.parametrize("format", ["text", "json"])
def test_nothing_that_was_planted_is_shown(weir, upstreams, demo, level, format):
    gone = f'  gone: {{url: "http://127.0.0.1:{free_port()}", headers: {{X-Secret-Key: {CONFIGURED}}}}}\n'
    routes = ROUTES.replace(
        "completions\n    upstream: openai\n", "completions\n    upstream: openai\n    max_keyed_body: 64KiB\n", 1
    )
    routes = routes.replace("routes:\n", "routes:\n  - {path: /gone, upstream: gone, cache: {mode: persona}}\n")
    log = f"log: {{level: {level}, format: {format}}}\n"
    proxy = weir(log + upstreams + gone + routes, token=ADMIN)
    own = {}
    with httpx.Client(base_url=proxy.url, trust_env=False, timeout=30) as client:
        for name, answer in requests(client):
            if answer.headers.get("Content-Type") == "application/json" and "weir_error" in answer.text:
                own[name] = answer.json()["error"]
                assert shown(answer.text) == [], name
            weirs = [value for field, value in answer.headers.items() if not field.startswith(("set-cookie",))]
            assert shown("\n".join(weirs)) == [], name
    codes = {error["code"] for error in own.values()}
    assert {"breaker_open", "upstream_rate_limited", "upstream_unreachable", "not_cached", "loop_detected"} <= codes
    malformed(proxy)
    authorized = {"Authorization": f"Bearer {ADMIN}"}
    for path in ["/metrics", "/stats", "/healthz", "/readyz", "/"] + [
        DASHBOARD + view for view in ("overview", "costs", "cache", "circuits", "pools", "routes")
    ]:
        answer = proxy.admin.get(path, headers=authorized)
        assert answer.status_code == 200, path
        assert shown(answer.text) == [], path
    # Who has spent what is for those who administer.
    users = proxy.admin.get(DASHBOARD + "users", headers=authorized)
    assert shown(users.text) == [USER]
    refused = proxy.admin.get(DASHBOARD + "overview", headers={"Authorization": f"Bearer {KEY}"})
    assert refused.status_code == 401 and shown(refused.text) == []
    asked = proxy.admin.post(DASHBOARD + "cache/invalidate", json={"user": USER}, headers=authorized)
    assert asked.status_code == 200 and shown(asked.text) == []
    wrong = proxy.admin.post(DASHBOARD + "cache/invalidate", json={PROMPT: 1}, headers=authorized)
    assert wrong.status_code == 400
    proxy.stop()
    log = proxy.program.log
    assert log.strip() or level != "trace"
    assert shown(log) == []


def malformed(proxy):
    """Heads that are none: what stands in them is told to nobody either."""
    for head in (
        f"GET /{QUERY} HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer {KEY}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: a\r\nCookie: {COOKIE}\0\r\n\r\n",
        f"GET /{QUERY} FTP/1.1\r\n\r\n",
        f"POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Length: {KEY}\r\n\r\n",
    ):
        wire = Wire(proxy.port)
        wire.send(head.encode())
        answer = wire.reader.read()
        assert answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5"), answer
        assert shown(answer.decode(errors="replace")) == []
        wire.close()


def shown(text):
    """Which of the secrets a text shows."""
    return [secret for secret in SECRETS if secret.lower() in text.lower()]
