"""What AI calls cost, what is saved, and who may spend how much: as the official client meets it."""

import json
import socket
from decimal import Decimal

import openai
import pytest

from peers.waiting import eventually

CHAT = "POST /v1/chat/completions"
PRICES = """
prices:
  gpt-4o-mini: {input: 0.15, cached_input: 0.075, output: 0.60}
  text-embedding-3-small: {input: 0.02, output: 0}
"""
MILLION = Decimal(1_000_000)


def route(allowances="", cache="{mode: persona, ttl: 1h}"):
    return f"""{PRICES}
routes:
  - path: /v1
    upstream: openai
    cache: {cache}
{allowances}
"""


@pytest.fixture
def start_ai(weir, upstreams):
    """Weir with such a route, and a client that retries as it comes."""
    clients = []

    def start(config, **more):
        proxy = weir(upstreams + config)
        clients.append(openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-one", **more))
        return proxy, clients[-1]

    yield start
    for client in clients:
        client.close()


def chat(client, text, user=None, model="gpt-4o-mini", headers=None):
    """The answer with its head."""
    return client.chat.completions.with_raw_response.create(
        model=model,
        messages=[{"role": "user", "content": text}],
        max_tokens=100,
        extra_headers=({"X-User-Id": user} if user else {}) | (headers or {}),
    )


def exact(proxy, path="/stats"):
    """JSON with its numbers digit for digit."""
    return json.loads(proxy.admin.get(path).text, parse_float=Decimal)


def cost_of(usage):
    return (usage.prompt_tokens * Decimal("0.15") + (usage.completion_tokens or 0) * Decimal("0.60")) / MILLION


def told(answer):
    """What an answer says that it cost and saved."""
    return Decimal(answer.headers.get("x-weir-cost", 0)), Decimal(answer.headers.get("x-weir-saved", 0))


def test_what_answers_say_they_cost_and_saved_is_what_the_statistics_say(start_ai):
    proxy, ai = start_ai(route())
    spent = saved = reckoned = Decimal(0)
    for index in range(12):
        answer = chat(ai, f"Question {index % 5}", user=f"user-{index % 3}")
        cost, saving = told(answer)
        usage = answer.parse().usage
        assert (cost, saving) in ((cost_of(usage), 0), (0, cost_of(usage)))
        spent, saved, reckoned = spent + cost, saved + saving, reckoned + cost + saving
    # A stream's costs are known at its end only; what it used stands in it.
    stream = ai.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "A stream"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    spent += cost_of(list(stream)[-1].usage)
    hit = ai.chat.completions.with_raw_response.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "A stream"}], stream=True
    )
    saved += told(hit)[1]
    assert list(hit.parse())
    embedding = ai.embeddings.with_raw_response.create(model="text-embedding-3-small", input=["one", "two"])
    spent += told(embedding)[0]
    assert told(embedding)[0] == embedding.parse().usage.prompt_tokens * Decimal("0.02") / MILLION
    past = chat(ai, "Question 1", headers={"Cache-Control": "no-store"})
    spent += told(past)[0]

    ai_statistics = exact(proxy)["ai"]
    assert ai_statistics["spent"]["dollars"] == spent > 0
    assert ai_statistics["saved"]["dollars"] == saved > 0
    assert ai_statistics["spent"]["unpricedCalls"] == ai_statistics["spent"]["estimatedCalls"] == 0
    for rows in ("models", "routes"):
        assert sum(row["spent"]["dollars"] for row in ai_statistics[rows]) == spent
        assert sum(row["saved"]["dollars"] for row in ai_statistics[rows]) == saved
    prices = {"gpt-4o-mini": ("0.15", "0.60"), "text-embedding-3-small": ("0.02", "0")}
    for row in ai_statistics["models"]:
        prompt, completion = (Decimal(price) for price in prices[row["pricedAs"]])
        counts = row["spent"]
        assert counts["cachedPromptTokens"] == 0
        tokens = counts["promptTokens"] * prompt + counts["completionTokens"] * completion
        assert counts["dollars"] == tokens / MILLION
    metric = proxy.metric("weir_ai_cost_dollars_total")
    assert metric == pytest.approx(float(spent))
    assert all("user-0" not in proxy.admin.get(page).text for page in ("/metrics", "/stats"))
    costs, users = (exact(proxy, f"/api/admin/dashboard/{view}") for view in ("costs", "users"))
    assert costs["spent"]["dollars"] == spent
    assert sorted(row["name"] for row in users["users"]) == ["user-0", "user-1", "user-2"]
    assert users["costPerUser"] * 3 == pytest.approx(sum(row["spent"]["dollars"] for row in users["users"]))


def test_over_budget_the_client_gets_its_error_at_once_and_hits_stay_free(start_ai, demo):
    # Some 14 tokens in and at most 100 out are estimated at 0.0000621 dollars.
    proxy, ai = start_ai(route("    budget: {user_daily: 0.0001, route_daily: 10}"))
    while True:
        try:
            first = chat(ai, f"Question {demo.openai.calls(CHAT)}", user="ada")
        except openai.RateLimitError as error:
            refused = error
            break
        assert told(first)[0] > 0
    calls = demo.openai.calls(CHAT)
    assert calls > 1
    assert refused.code == "budget_exceeded" and refused.type == "insufficient_quota"
    assert "$0.0001" in str(refused) and "00:00 UTC" in str(refused)
    # The client would have asked two times more.
    assert proxy.metric("weir_ai_refused_total", reason="user_budget") == 1
    hit = chat(ai, "Question 0", user="ada")
    assert hit.headers["x-weir-cost"] == "0.00" and told(hit)[1] > 0
    assert chat(ai, f"Question {calls}", user="bob").headers["x-weir-cost"] != "0.00"
    assert demo.openai.calls(CHAT) == calls + 1
    budget, = exact(proxy)["ai"]["budgets"]
    assert budget["user"]["dailyDollars"] == Decimal("0.0001")
    assert budget["user"]["spentDollars"] == budget["whole"]["spentDollars"] == exact(proxy)["ai"]["spent"]["dollars"]
    assert budget["user"]["reservedDollars"] == 0


def test_a_budget_goes_on_through_a_reload(start_ai):
    proxy, ai = start_ai(route("    budget: {user_daily: 0.0001}"))
    with pytest.raises(openai.RateLimitError):
        for index in range(20):
            chat(ai, f"Question {index}", user="ada")
    spent = exact(proxy)["ai"]["budgets"][0]["user"]["spentDollars"]
    proxy.config_path.write_text(proxy.config_path.read_text().replace("user_daily: 0.0001", "user_daily: 0.01"))
    eventually(lambda: exact(proxy)["configuration"]["generation"] == 2, what="the reload")
    assert exact(proxy)["ai"]["budgets"][0]["user"]["spentDollars"] == spent
    assert chat(ai, "Question 99", user="ada").headers["x-weir-cost"] != "0.00"


def test_rate_limits_are_told_as_the_provider_tells_its_own(start_ai, demo):
    proxy, ai = start_ai(route("    rate_limit: {user: {requests: 2, tokens: 100000}}"), max_retries=0)
    first = chat(ai, "one", user="ada")
    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert first.headers["x-ratelimit-remaining-requests"] == "1"
    used = first.parse().usage.total_tokens
    assert 100_000 - used <= int(first.headers["x-ratelimit-remaining-tokens"]) <= 100_000
    chat(ai, "two", user="ada")
    with pytest.raises(openai.RateLimitError) as refused:
        chat(ai, "three", user="ada")
    response = refused.value.response
    assert refused.value.code == "rate_limit_exceeded" and refused.value.type == "requests"
    assert 0 < int(response.headers["retry-after-ms"]) <= 30_000
    assert 0 < int(response.headers["retry-after"]) <= 30
    assert response.headers["x-ratelimit-remaining-requests"] == "0"
    assert response.headers["x-ratelimit-reset-requests"].endswith("s")
    assert "x-should-retry" not in response.headers
    assert chat(ai, "two", user="ada").headers["x-weir-cost"] == "0.00"
    assert demo.openai.calls(CHAT) == 2


def test_a_model_without_a_price_is_unknown_and_not_free(start_ai, demo):
    proxy, ai = start_ai(route("    budget: {user_daily: 1}"))
    with pytest.raises(openai.BadRequestError) as refused:
        chat(ai, "hi", model="gpt-99")
    assert refused.value.code == "model_unpriced"
    assert demo.openai.calls(CHAT) == 0


def test_nothing_of_a_question_is_in_a_refusal(start_ai):
    proxy, ai = start_ai(route("    budget: {user_daily: 0.000001}"))
    with pytest.raises(openai.RateLimitError) as refused:
        chat(ai, "a secret question", user="somebody-secret")
    assert "secret" not in refused.value.response.text
    assert "secret" not in proxy.program.log


def test_costs_of_a_stream_stand_in_its_trailers(start_ai):
    """Over HTTP/1.1, for those who say that they take them: read off the wire, since clients hide them."""
    proxy, _ = start_ai(route())
    body = json.dumps(
        {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "trailers"}], "stream": True}
    )
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection:
        connection.sendall(
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: weir\r\nTE: trailers\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        wire = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _, rest = wire.partition("\r\n\r\n")
    assert "x-weir-cost" not in head.lower()
    _, trailers = rest.split("\r\n0\r\n")
    name, _, cost = trailers.strip().partition(": ")
    assert name == "X-Weir-Cost"
    assert Decimal(cost) == exact(proxy)["ai"]["spent"]["dollars"] > 0
