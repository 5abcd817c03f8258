"""`mode: persona`, seen by the official client."""

import hashlib
import json

import httpx
import openai
import pytest

from conftest import ROUTES
from peers.weir import cache_status

MESSAGES = [{"role": "user", "content": "What is a weir?"}]
CHAT = "POST /v1/chat/completions"
PERSONA = {
    "X-Persona-Experience-Level": "beginner",
    "X-Persona-Learning-Style": "visual",
    "X-Persona-Communication-Tone": "friendly",
    "X-Persona-Content-Density": "concise",
    "X-Persona-Interests": "rivers, fish",
}


def ask(client, messages=MESSAGES, **more):
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages, **more)


def ask_raw(client, messages=MESSAGES, **more):
    """The answer with its fields."""
    return client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=messages, **more)


def text(stream):
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def client_for(proxy, key="sk-one", **more):
    return openai.OpenAI(base_url=f"{proxy.url}/v1", api_key=key, max_retries=0, **more)


def test_a_chat_is_answered_from_the_cache_the_second_time(ai, demo):
    first, second = ask(ai), ask(ai)
    assert "What is a weir?" in first.choices[0].message.content
    assert second == first
    assert demo.openai.calls(CHAT) == 1


def test_cache_status_tells_a_miss_and_a_hit(ai):
    first, second = ask_raw(ai), ask_raw(ai)
    assert cache_status(first)["stored"]
    assert cache_status(first)["fwd"] in ("uri-miss", "miss")
    status = cache_status(second)
    assert status["hit"] and 86_000 < status["ttl"] <= 86_400
    assert "Age" in second.headers


def test_a_streamed_chat_is_stored_and_replayed(ai, demo):
    first = text(ask(ai, stream=True))
    assert "What is a weir?" in first
    assert text(ask(ai, stream=True)) == first
    assert demo.openai.calls(CHAT) == 1


@pytest.mark.parametrize("replay", ["instant", "recorded", "{tokens_per_second: 500}"])
def test_a_replayed_stream_is_whole_and_in_order_at_any_pace(weir, upstreams, demo, replay):
    proxy = weir(upstreams + ROUTES.replace("mode: persona", f"mode: persona, replay: {replay}"))
    with client_for(proxy) as ai:
        for create in (
            lambda: ask_raw(ai, stream=True),
            lambda: ai.responses.with_raw_response.create(model="gpt-4o-mini", input=MESSAGES, stream=True),
        ):
            first = create()
            assert not cache_status(first).get("hit")
            events = list(first.parse())
            assert len(events) > 3
            second = create()
            assert cache_status(second)["hit"]
            assert list(second.parse()) == events
    assert demo.openai.calls(CHAT) == demo.openai.calls("POST /v1/responses") == 1


def test_one_entry_serves_streamed_and_whole(ai, demo):
    whole = ask(ai).choices[0].message.content
    assert text(ask(ai, stream=True)) == whole
    assert demo.openai.calls(CHAT) == 1


def test_one_entry_serves_whole_what_was_streamed(ai, demo):
    streamed = text(ask(ai, stream=True))
    whole = ask(ai)
    assert whole.choices[0].message.content == streamed
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 0
    assert demo.openai.calls(CHAT) == 1


def test_usage_comes_with_a_stream_only_for_those_who_ask(ai, demo):
    without = list(ask(ai, stream=True))
    assert all(chunk.usage is None for chunk in without)
    assert all(chunk.choices for chunk in without)
    asked = list(ask(ai, stream=True, stream_options={"include_usage": True}))
    assert asked[-1].usage.completion_tokens > 0 and asked[-1].choices == []
    assert demo.openai.calls(CHAT) == 1


def test_several_choices_are_kept_apart(ai, demo):
    first = ask(ai, n=3)
    texts = [choice.message.content for choice in first.choices]
    assert len(set(texts)) == 3
    streamed = {}
    for chunk in ask(ai, n=3, stream=True):
        for choice in chunk.choices:
            streamed[choice.index] = streamed.get(choice.index, "") + (choice.delta.content or "")
    assert [streamed[index] for index in range(3)] == texts
    assert demo.openai.calls(CHAT) == 1


def test_embeddings_are_cached(ai, demo):
    first, second = (ai.embeddings.create(model="text-embedding-3-small", input="weir") for _ in range(2))
    assert len(first.data[0].embedding) == 1536
    assert second == first
    assert demo.openai.calls("POST /v1/embeddings") == 1


def test_an_array_of_embeddings_keeps_its_order(ai):
    inputs = ["one", "two", "three"]
    together = ai.embeddings.create(model="text-embedding-3-small", input=inputs)
    alone = [ai.embeddings.create(model="text-embedding-3-small", input=item).data[0].embedding for item in inputs]
    assert [item.embedding for item in together.data] == alone
    assert [item.index for item in together.data] == [0, 1, 2]


def test_responses_are_cached_whole_and_streamed(ai, demo):
    first = ai.responses.create(model="gpt-4o-mini", input="What is a weir?")
    assert "What is a weir?" in first.output_text
    assert ai.responses.create(model="gpt-4o-mini", input="What is a weir?").id == first.id
    with ai.responses.stream(model="gpt-4o-mini", input="What is a weir?") as stream:
        assert stream.get_final_response().output_text == first.output_text
    assert demo.openai.calls("POST /v1/responses") == 1


def test_readers_of_one_response_get_back_what_they_have_said_of_themselves(ai, demo):
    def said(name):
        return {
            "model": "gpt-4o-mini",
            "input": "What is a weir?",
            "metadata": {"lesson": name},
            "user": name,
            "safety_identifier": f"id-{name}",
            "prompt_cache_key": f"key-{name}",
        }

    for name in ("ada", "bob", "ada"):
        answers = [ai.responses.create(**said(name))]
        with ai.responses.stream(**said(name)) as stream:
            events = [event.response for event in stream if event.type in ("response.created", "response.completed")]
        assert len(events) == 2
        for answer in answers + events:
            assert answer.metadata == {"lesson": name}
            assert (answer.user, answer.safety_identifier) == (name, f"id-{name}")
            assert answer.prompt_cache_key == f"key-{name}"
    nobody = ai.responses.create(model="gpt-4o-mini", input="What is a weir?")
    assert (nobody.metadata, nobody.user, nobody.prompt_cache_key) == ({}, None, None)
    assert demo.openai.calls("POST /v1/responses") == 1


def test_chat_answers_give_back_their_readers_metadata_where_they_are_stored(ai, demo):
    for name in ("ada", "bob"):
        answer = ask(ai, store=True, metadata={"lesson": name}, max_tokens=100)
        assert answer.metadata == {"lesson": name}
    assert demo.openai.calls("POST /v1/chat/completions") == 1


def test_completions_are_cached(ai, demo):
    texts = {
        ai.completions.create(model="gpt-3.5-turbo-instruct", prompt="weir", max_tokens=100).choices[0].text
        for _ in range(2)
    }
    assert len(texts) == 1
    assert demo.openai.calls("POST /v1/completions") == 1


def test_moderations_are_cached(ai, demo):
    results = [ai.moderations.create(input="an attack").results[0].flagged for _ in range(2)]
    assert results == [True, True]
    assert demo.openai.calls("POST /v1/moderations") == 1


def test_models_and_files_pass_through(ai, demo):
    assert "gpt-4o-mini" in [model.id for model in ai.models.list()]
    assert ai.files.create(file=b"x" * 1000, purpose="user_data").bytes > 1000
    ai.models.list()
    assert demo.openai.calls("GET /v1/models") == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_errors_reach_the_client_as_its_own_classes_and_are_not_stored(ai, demo, status, error):
    for _ in range(2):
        with pytest.raises(error) as raised:
            ai.chat.completions.create(model=f"demo-error-{status}", messages=MESSAGES)
        assert raised.value.status_code == status
    # What says that the upstream has not acted is retried once by Weir.
    assert demo.openai.calls(CHAT) == (4 if status == 503 else 2)


def test_a_rate_limit_reaches_the_client_with_its_retry_after(ai):
    with pytest.raises(openai.RateLimitError) as raised:
        ai.chat.completions.create(model="demo-error-429", messages=MESSAGES)
    assert raised.value.response.headers["Retry-After"] == "1"


def test_a_stream_that_breaks_off_is_a_connection_error_and_is_not_stored(ai, demo):
    for _ in range(2):
        with pytest.raises((openai.APIConnectionError, httpx.RemoteProtocolError)):
            list(ai.chat.completions.create(model="demo-cut", messages=MESSAGES, stream=True))
    assert demo.openai.calls(CHAT) == 2


def test_an_answer_in_one_piece_that_breaks_off_is_an_error_and_is_not_stored(ai, demo):
    for _ in range(2):
        with pytest.raises(openai.InternalServerError) as raised:
            ai.chat.completions.create(model="demo-cut", messages=MESSAGES)
        assert raised.value.status_code == 502 and raised.value.code == "upstream_reset"
    assert demo.openai.calls(CHAT) == 2


def test_a_stream_with_an_error_event_is_not_stored(ai, demo):
    for _ in range(2):
        with pytest.raises(openai.APIError):
            list(ai.chat.completions.create(model="demo-stream-error", messages=MESSAGES, stream=True))
    assert demo.openai.calls(CHAT) == 2


def test_an_answer_cut_by_its_length_is_not_stored(ai, demo):
    for _ in range(2):
        assert ask(ai, max_tokens=3).choices[0].finish_reason == "length"
    assert demo.openai.calls(CHAT) == 2


def test_an_answer_cut_by_its_length_is_stored_where_the_route_says_so(weir, upstreams, demo):
    routes = """
routes:
  - path: /v1
    upstream: openai
    cache: {mode: persona, ttl: 1h, store: {finish_reasons: [stop, length]}}
"""
    with client_for(weir(upstreams + routes)) as ai:
        for _ in range(2):
            ask(ai, max_tokens=3)
    assert demo.openai.calls(CHAT) == 1


def test_tool_calls_are_not_stored(ai, demo):
    tools = [{"type": "function", "function": {"name": "measure", "parameters": {}}}]
    for _ in range(2):
        answer = ask(ai, tools=tools, tool_choice="required")
        assert answer.choices[0].message.tool_calls[0].function.name == "measure"
    assert demo.openai.calls(CHAT) == 2


@pytest.mark.parametrize("more", [{"previous_response_id": "resp_1"}, {"background": True}])
def test_requests_that_depend_on_state_are_not_cached(ai, demo, more):
    for _ in range(2):
        ai.responses.create(model="gpt-4o-mini", input="go on", extra_body=more)
    assert demo.openai.calls("POST /v1/responses") == 2


def test_a_web_search_is_not_cached(ai, demo):
    for _ in range(2):
        ask(ai, extra_body={"web_search_options": {}})
    assert demo.openai.calls(CHAT) == 2


@pytest.mark.parametrize("dimension", list(PERSONA))
def test_every_dimension_of_the_persona_separates(ai, demo, dimension):
    ask(ai, extra_headers=PERSONA)
    ask(ai, extra_headers=PERSONA)
    assert demo.openai.calls(CHAT) == 1
    ask(ai, extra_headers=PERSONA | {dimension: "another"})
    assert demo.openai.calls(CHAT) == 2


def test_readers_with_one_persona_share_an_answer(ai, demo):
    for user in ("ann", "bob"):
        ask(ai, user=user, extra_headers=PERSONA | {"X-User-Id": user})
    assert demo.openai.calls(CHAT) == 1


def test_interests_are_a_set(ai, demo):
    ask(ai, extra_headers={"X-Persona-Interests": "rivers, fish"})
    ask(ai, extra_headers={"X-Persona-Interests": "fish,rivers"})
    ask(ai, metadata=None, extra_body={"metadata": {"interests": "fish, rivers"}})
    assert demo.openai.calls(CHAT) == 1


def test_a_persona_in_the_body_counts_as_one_in_a_header(ai, demo):
    ask(ai, extra_headers={"X-Persona-Learning-Style": "visual"})
    ask(ai, extra_body={"metadata": {"learning_style": "visual"}})
    ask(ai, extra_body={"metadata": {"learning_style": "hands-on"}})
    assert demo.openai.calls(CHAT) == 2


def test_the_life_of_an_answer_falls_with_every_dimension(ai):
    lives = []
    for count in (0, 2, 5):
        headers = dict(list(PERSONA.items())[:count])
        ask(ai, extra_headers=headers)
        lives.append(cache_status(ask_raw(ai, extra_headers=headers))["ttl"])
    for life, hours in zip(lives, (24, 24 - 23 * 2 / 5, 1)):
        assert hours * 3600 - 10 <= life <= hours * 3600


def test_credentials_keep_tenants_apart(proxy, demo):
    with client_for(proxy, "sk-one") as one, client_for(proxy, "sk-two") as two:
        for client in (one, two, one, two):
            ask(client)
    assert demo.openai.calls(CHAT) == 2


def test_a_project_keeps_tenants_apart(proxy, demo):
    with client_for(proxy, project="a") as one, client_for(proxy, project="b") as two:
        ask(one)
        ask(two)
    assert demo.openai.calls(CHAT) == 2


@pytest.mark.parametrize(("scope", "calls"), [("shared", 1), ("user", 4), ("credential", 2)])
def test_the_scope_says_who_shares(weir, upstreams, demo, scope, calls):
    route = f"routes: [{{path: /v1, upstream: openai, cache: {{mode: persona, ttl: 1h, scope: {scope}}}}}]\n"
    proxy = weir(upstreams + route)
    for key in ("sk-one", "sk-two"):
        with client_for(proxy, key) as client:
            for user in ("ann", "bob"):
                ask(client, extra_headers={"X-User-Id": user})
    assert demo.openai.calls(CHAT) == calls


@pytest.mark.parametrize(
    "same",
    [
        '{"messages":[{"content":"What is a weir?","role":"user"}],"model":"gpt-4o-mini","temperature":1}',
        '{ "model" : "gpt-4o-mini",\n "temperature": 1.0, "messages": [ {"role":"user", "content":"What is a weir\\u003f"} ] }',
        '{"model":"gpt-4o-mini","temperature":1,"messages":[{"role":"user","content":"What is a weir?"}],"user":"x"}',
        '{"model":"gpt-4o-mini","temperature":1e0,"messages":[{"role":"user","content":"What is a weir?"}],'
        '"stream":false,"safety_identifier":"y","prompt_cache_key":"z"}',
    ],
)
def test_the_same_request_written_otherwise_has_the_same_key(proxy, demo, same):
    # Without a credential the cookies that the provider sets would be one.
    headers = {"Content-Type": "application/json", "Authorization": "Bearer sk-test"}
    plain = json.dumps({"model": "gpt-4o-mini", "temperature": 1, "messages": MESSAGES})
    proxy.client.post("/v1/chat/completions", content=plain, headers=headers)
    assert cache_status(proxy.client.post("/v1/chat/completions", content=same, headers=headers))["hit"]
    assert demo.openai.calls(CHAT) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"temperature": 0.5},
        {"seed": 1},
        {"max_tokens": 1000},
        {"unknown_member": True},
        {"messages": [{"role": "user", "content": "What is a weir? "}]},
        {"messages": [{"role": "user", "content": "what is a weir?"}]},
    ],
)
def test_a_request_that_means_something_else_has_another_key(proxy, demo, other):
    body = {"model": "gpt-4o-mini", "messages": MESSAGES}
    proxy.client.post("/v1/chat/completions", json=body)
    assert "hit" not in cache_status(proxy.client.post("/v1/chat/completions", json=body | other))
    assert demo.openai.calls(CHAT) == 2


def test_a_body_with_a_repeated_member_is_not_cached(proxy, demo):
    body = '{"model":"gpt-4o-mini","model":"gpt-4o","messages":[{"role":"user","content":"x"}]}'
    for _ in range(2):
        answer = proxy.client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
        assert cache_status(answer)["detail"] == "repeated-member"
    assert demo.openai.calls(CHAT) == 2


def test_a_body_is_forwarded_byte_for_byte_without_persona_and_user_fields(proxy, demo):
    body = b'{ "messages" : [{"role":"user","content":"caf\\u00e9"}],"model":"gpt-4o-mini", "user":"ann" }'
    headers = PERSONA | {"X-User-Id": "ann", "Content-Type": "application/json", "X-Weir-TTL": "60"}
    proxy.client.post("/v1/chat/completions", content=body, headers=headers)
    last = demo.openai.last()
    assert last["body"] == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    assert not [name for name in last["headers"] if name.startswith(("x-persona", "x-user", "x-weir"))]


def test_a_route_can_forward_the_persona(weir, upstreams, demo):
    route = "routes: [{path: /v1, upstream: openai, forward_persona: true, cache: {mode: persona, ttl: 1h}}]\n"
    with client_for(weir(upstreams + route)) as ai:
        ask(ai, extra_headers=PERSONA)
    assert demo.openai.last()["headers"]["x-persona-learning-style"] == ["visual"]


def test_what_describes_one_call_is_not_replayed(ai):
    first, second = ask_raw(ai), ask_raw(ai)
    assert first.headers["X-Upstream-Request-Id"].startswith("req_")
    assert first.headers["x-ratelimit-remaining-requests"] == "999999"
    for name in ("openai-processing-ms", "x-ratelimit-remaining-requests", "Set-Cookie", "X-Upstream-Request-Id"):
        assert name not in second.headers
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_a_client_can_ask_for_a_fresh_answer_which_replaces_the_old(ai, demo):
    first = ask(ai)
    fresh = ask(ai, extra_headers={"Cache-Control": "no-cache"})
    assert fresh.id != first.id
    assert ask(ai).id == fresh.id
    assert demo.openai.calls(CHAT) == 2


def test_a_client_can_ask_not_to_be_stored(ai, demo):
    ask(ai, extra_headers={"Cache-Control": "no-store"})
    ask(ai)
    assert demo.openai.calls(CHAT) == 2


def test_a_client_can_ask_for_nothing_but_the_cache(ai):
    with pytest.raises(openai.InternalServerError) as raised:
        ask(ai, extra_headers={"Cache-Control": "only-if-cached"})
    assert (raised.value.status_code, raised.value.code) == (504, "not_cached")


@pytest.mark.parametrize(("asked", "most"), [("60", 60), ("2m", 120), ("48h", 86_400)])
def test_a_request_can_shorten_the_life_of_its_answer(ai, asked, most):
    ask(ai, extra_headers={"X-Weir-TTL": asked})
    ttl = cache_status(ask_raw(ai))["ttl"]
    assert most - 10 <= ttl <= most


def test_the_upstreams_own_credential_replaces_the_clients(weir, demo):
    config = f"""
upstreams:
  openai: {{url: "{demo.openai.url}", headers: {{Authorization: "Bearer ${{SECRET_KEY:-}}"}}}}
routes: [{{path: /v1, upstream: openai, cache: {{mode: persona, ttl: 1h}}}}]
"""
    with client_for(weir(config, {"SECRET_KEY": "sk-weirs-own"})) as ai:
        ask(ai)
    counts = demo.openai.counts()
    assert len(counts["credentials"]) == 1
    assert counts["credentials"] == {fingerprint("Bearer sk-weirs-own"): 1}


def test_the_clients_credential_passes_where_weir_has_none(ai, demo):
    ask(ai)
    assert demo.openai.counts()["credentials"] == {fingerprint("Bearer sk-one"): 1}


def fingerprint(credential):
    return hashlib.sha256(credential.encode()).hexdigest()[:12]


def test_an_ai_answer_is_compressed_for_those_who_take_it(proxy):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "word " * 10}], "n": 20}
    for _ in range(2):
        answer = proxy.client.post("/v1/chat/completions", json=body, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.json()["choices"]) == 20


def test_an_answer_of_the_route_without_a_cache_passes_through(weir, upstreams, demo):
    with client_for(weir(upstreams + "routes: [{path: /v1, upstream: openai}]\n")) as ai:
        assert text(ask(ai, stream=True)) == text(ask(ai, stream=True))
    assert demo.openai.calls(CHAT) == 2


def test_the_cache_switched_off_asks_upstream_every_time(weir, upstreams, demo):
    with client_for(weir("features: {cache: false, dedupe: false}\n" + upstreams + ROUTES)) as ai:
        assert ask(ai).choices[0].message.content == ask(ai).choices[0].message.content
    assert demo.openai.calls(CHAT) == 2
