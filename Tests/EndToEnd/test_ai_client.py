"""The official client in all the ways that programs use it, pointed at Weir with nothing but `base_url`."""

import asyncio
import base64
import hashlib
import io
import json
import struct
import threading
import time

import httpx2
import openai
import pytest
from pydantic import BaseModel
from websockets.sync.server import serve

from conftest import ROUTES
from peers.program import free_port
from peers.waiting import eventually
from peers.weir import cache_status

MESSAGES = [{"role": "user", "content": "What is a weir?"}]
CHAT = "POST /v1/chat/completions"
EMBEDDINGS = "POST /v1/embeddings"


class Step(BaseModel):
    explanation: str
    output: float


class Lesson(BaseModel):
    title: str
    kind: str
    steps: list[Step]
    is_hard: bool
    minutes: int


TOOL = {
    "type": "function",
    "function": {
        "name": "find_river",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "limit": {"type": "integer"}, "unit": {"enum": ["km", "mi"]}},
            "required": ["name", "limit", "unit"],
        },
    },
}


def client_for(proxy, **more):
    return openai.OpenAI(**({"base_url": f"{proxy.url}/v1", "api_key": "sk-one", "max_retries": 0} | more))


def run(proxy, work, **more):
    """What `work` makes of an asynchronous client."""

    async def begin():
        settings = {"base_url": f"{proxy.url}/v1", "api_key": "sk-one", "max_retries": 0} | more
        async with openai.AsyncOpenAI(**settings) as client:
            return await work(client)

    return asyncio.run(begin())


def chat(client, text="What is a weir?", model="gpt-4o-mini", **more):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)


# Asynchronous


def test_async_calls_at_once_are_one_call(proxy, demo):
    demo.openai.hold("chat")

    async def work(client):
        calls = [
            asyncio.create_task(chat(client, extra_headers={"X-Demo-Gate": "chat"})) for _ in range(20)
        ]
        await asyncio.to_thread(eventually, lambda: demo.openai.waiting("chat") == 1, what="the call")
        await asyncio.to_thread(demo.openai.release, "chat")
        return await asyncio.gather(*calls)

    answers = run(proxy, work)
    assert len({answer.model_dump_json() for answer in answers}) == 1
    assert "What is a weir?" in answers[0].choices[0].message.content
    assert demo.openai.calls(CHAT) == 1


def test_an_async_stream_in_a_context_manager(proxy, demo):
    async def work(client):
        texts = []
        for _ in range(2):
            async with client.chat.completions.stream(model="gpt-4o-mini", messages=MESSAGES) as stream:
                pieces = [event.delta async for event in stream if event.type == "content.delta"]
                final = await stream.get_final_completion()
            assert "".join(pieces) == final.choices[0].message.content
            assert len(pieces) > 5
            texts.append(final.choices[0].message.content)
        return texts

    first, second = run(proxy, work)
    assert first == second and "What is a weir?" in first
    assert demo.openai.calls(CHAT) == 1


def test_a_stream_that_is_left_early_leaves_the_connection_fit_for_use(proxy, demo):
    async def work(client):
        stream = await chat(client, stream=True)
        async with stream:
            first = await anext(aiter(stream))
        whole = await chat(client)
        return first, whole

    first, whole = run(proxy, work)
    assert first.choices[0].delta.role == "assistant"
    assert whole.choices[0].finish_reason == "stop"


def test_responses_stream_as_typed_events(proxy, demo):
    async def work(client):
        answers = []
        for _ in range(2):
            async with client.responses.stream(model="gpt-4o-mini", input="What is a weir?") as stream:
                types = [event.type async for event in stream]
                answers.append((types, await stream.get_final_response()))
        return answers

    (first, answer), (second, again) = run(proxy, work)
    assert first == second
    assert first[0] == "response.created" and first[-1] == "response.completed"
    assert answer.output_text == again.output_text and "What is a weir?" in answer.output_text
    assert demo.openai.calls("POST /v1/responses") == 1


# Structured outputs and tools


def test_a_chat_is_parsed_into_a_model(proxy, demo):
    with client_for(proxy) as ai:
        answers = [
            ai.chat.completions.parse(model="gpt-4o-mini", messages=MESSAGES, response_format=Lesson)
            for _ in range(2)
        ]
    lesson = answers[0].choices[0].message.parsed
    assert isinstance(lesson, Lesson)
    assert "What is a weir?" in lesson.title and lesson.steps[0].output == 7.5 and lesson.is_hard is True
    assert answers[1] == answers[0]
    assert demo.openai.calls(CHAT) == 1


def test_a_schema_is_part_of_what_is_asked(proxy, demo):
    with client_for(proxy) as ai:
        ai.chat.completions.parse(model="gpt-4o-mini", messages=MESSAGES, response_format=Lesson)
        step = ai.chat.completions.parse(model="gpt-4o-mini", messages=MESSAGES, response_format=Step)
        plain = chat(ai)
    assert isinstance(step.choices[0].message.parsed, Step)
    assert not plain.choices[0].message.content.startswith("{")
    assert demo.openai.calls(CHAT) == 3


def test_a_parsed_stream_is_replayed(proxy, demo):
    with client_for(proxy) as ai:
        for _ in range(2):
            with ai.chat.completions.stream(
                model="gpt-4o-mini", messages=MESSAGES, response_format=Lesson
            ) as stream:
                final = stream.get_final_completion()
            assert isinstance(final.choices[0].message.parsed, Lesson)
    assert demo.openai.calls(CHAT) == 1


def test_a_response_is_parsed_into_a_model(proxy, demo):
    with client_for(proxy) as ai:
        answers = [
            ai.responses.parse(model="gpt-4o-mini", input="What is a weir?", text_format=Lesson) for _ in range(2)
        ]
    assert all(isinstance(answer.output_parsed, Lesson) for answer in answers)
    assert answers[0].output_parsed == answers[1].output_parsed
    assert demo.openai.calls("POST /v1/responses") == 1


@pytest.mark.parametrize("streamed_first", [False, True])
def test_a_stored_tool_call_serves_streamed_and_whole(weir, upstreams, demo, streamed_first):
    config = ROUTES.replace("mode: persona", "mode: persona, store: {finish_reasons: [stop, tool_calls]}")
    more = {"model": "gpt-4o-mini", "messages": MESSAGES, "tools": [TOOL], "tool_choice": "required"}

    def whole():
        return ai.chat.completions.create(**more)

    def streamed():
        with ai.chat.completions.stream(**more) as stream:
            return stream.get_final_completion()

    with client_for(weir(upstreams + config)) as ai:
        order = [streamed, whole] if streamed_first else [whole, streamed]
        first, second, third = [ask() for ask in order + order[1:]]
    calls = [
        [
            (call.id, call.type, call.function.name, call.function.arguments)
            for call in answer.choices[0].message.tool_calls
        ]
        for answer in (first, second, third)
    ]
    assert calls[0] and calls[0] == calls[1] == calls[2]
    assert first.choices[0].finish_reason == second.choices[0].finish_reason == third.choices[0].finish_reason
    assert demo.openai.calls(CHAT) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_tools_make_a_round_trip(proxy, demo, stream):
    with client_for(proxy) as ai:
        for _ in range(2):
            if stream:
                with ai.chat.completions.stream(
                    model="gpt-4o-mini", messages=MESSAGES, tools=[TOOL], tool_choice="required"
                ) as events:
                    message = events.get_final_completion().choices[0].message
            else:
                message = chat(ai, tools=[TOOL], tool_choice="required").choices[0].message
            call = message.tool_calls[0]
            assert call.function.name == "find_river"
            arguments = json.loads(call.function.arguments)
            assert arguments == {"name": "What is a weir?", "limit": 7, "unit": "km"}
            result = {"role": "tool", "tool_call_id": call.id, "content": json.dumps({"length": 42})}
            said = {
                "role": "assistant",
                "tool_calls": [{"id": call.id, "type": "function", "function": call.function.model_dump(exclude={"parsed_arguments"})}],
            }
            answer = ai.chat.completions.create(
                model="gpt-4o-mini", messages=[*MESSAGES, said, result], tools=[TOOL]
            )
            assert answer.choices[0].finish_reason == "stop"
    # What asks for a call is asked anew, what is made of its result is not.
    assert demo.openai.calls(CHAT) == 3


# Embeddings


@pytest.mark.parametrize("encoding", ["float", "base64", None])
def test_a_thousand_inputs_are_embedded_each_as_its_own(proxy, demo, encoding):
    texts = [f"paragraph {number}" for number in range(1000)]
    more = {"encoding_format": encoding} if encoding else {}
    with client_for(proxy) as ai:
        answer = ai.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=64, **more)
        alone = ai.embeddings.create(model="text-embedding-3-small", input=texts[700], dimensions=64, **more)
        again = ai.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=64, **more)
    assert [item.index for item in answer.data] == list(range(1000))
    assert answer.usage.prompt_tokens == 2000
    assert vector(answer.data[700].embedding) == pytest.approx(vector(alone.data[0].embedding), abs=1e-6)
    assert len(vector(answer.data[0].embedding)) == 64
    assert [item.embedding for item in again.data] == [item.embedding for item in answer.data]
    assert demo.openai.calls(EMBEDDINGS) <= 2


def vector(embedding):
    """Numbers, also of what was asked for as base64."""
    if not isinstance(embedding, str):
        return embedding
    data = base64.b64decode(embedding)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def test_a_bad_input_fails_as_the_provider_says(proxy):
    with client_for(proxy) as ai, pytest.raises(openai.BadRequestError) as caught:
        ai.embeddings.create(model="text-embedding-3-small", input=["good", "demo-bad-item"])
    assert "input[1]" in caught.value.message and caught.value.param == "input"


# Time, errors, retries


def test_a_clients_timeout_is_its_own(proxy, demo):
    with client_for(proxy, timeout=0.3) as ai:
        with pytest.raises(openai.APITimeoutError):
            chat(ai, extra_headers={"X-Demo-Latency-Ms": "1500"})
        # What was paid for is kept, for whoever asks next.
        eventually(lambda: proxy.metric("weir_cache_entries") == 1, what="the answer that nobody waited for")
        assert chat(ai).choices[0].message.content
    assert demo.openai.calls(CHAT) == 1


@pytest.mark.parametrize(
    "model, error, code",
    [
        ("demo-error-400", openai.BadRequestError, None),
        ("demo-error-401", openai.AuthenticationError, "invalid_api_key"),
        ("demo-error-403", openai.PermissionDeniedError, None),
        ("demo-error-404", openai.NotFoundError, None),
        ("demo-error-409", openai.ConflictError, None),
        ("demo-error-422", openai.UnprocessableEntityError, None),
        ("demo-error-500", openai.InternalServerError, None),
        ("demo-quota", openai.RateLimitError, "insufficient_quota"),
        ("demo-credit", openai.RateLimitError, "credit_balance_exhausted"),
        ("demo-limit", openai.RateLimitError, "project_spend_limit_exceeded"),
    ],
)
def test_a_providers_error_is_the_clients_exception(proxy, demo, model, error, code):
    with client_for(proxy) as ai, pytest.raises(error) as caught:
        chat(ai, model=model)
    assert type(caught.value) is error and caught.value.code == code
    assert caught.value.response.headers["X-Upstream-Request-Id"].startswith("req_")
    assert demo.openai.calls(CHAT) == 1


@pytest.mark.parametrize("model", ["demo-slow-down", "demo-overloaded", "demo-error-429"])
def test_a_client_that_retries_does_not_multiply_what_weir_has_tried(proxy, demo, model):
    with client_for(proxy, max_retries=3) as ai, pytest.raises(openai.APIStatusError) as caught:
        chat(ai, model=model)
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert demo.openai.calls(CHAT) == 2


def test_weirs_own_errors_are_the_clients_exceptions(weir, upstreams, demo):
    routes = "routes: [{path: /v1, upstream: nobody}]\n"
    gone = f'  nobody: {{url: "http://127.0.0.1:{free_port()}", retry: {{attempts: 1}}}}\n'
    proxy = weir(upstreams + gone + routes)
    with client_for(proxy) as ai:
        with pytest.raises(openai.InternalServerError) as caught:
            chat(ai)
        assert (caught.value.status_code, caught.value.code) == (502, "upstream_unreachable")
        assert caught.value.type == "weir_error"
        assert caught.value.body["request_id"] == caught.value.response.headers["X-Request-Id"]
    with client_for(proxy, base_url=f"{proxy.url}/nowhere") as ai, pytest.raises(openai.NotFoundError) as caught:
        chat(ai)
    assert caught.value.code == "no_route"


# Limits


def test_a_burst_over_the_providers_limit_waits_instead_of_failing(proxy, demo):
    # A bucket that fills by five a second.
    demo.openai.limit(requests=300)
    with client_for(proxy) as ai:
        for number in range(2):
            chat(ai, f"number {number}")

        def ask(number):
            chat(ai, f"question {number}")

        before = time.monotonic()
        for number in range(305):
            ask(number)
        assert time.monotonic() - before < 60
    refused = proxy.metric("weir_upstream_retries_total", upstream="openai")
    assert refused == 0
    assert proxy.metric("weir_upstream_requests_total", upstream="openai", outcome="success") == 307


def test_who_cannot_be_sent_in_time_is_told_when(weir, upstreams, demo):
    route = "routes: [{path: /v1, upstream: openai, cache: {mode: persona, ttl: 1h}}]\n"
    proxy = weir(upstreams.replace('openai: {', 'openai: {pace: {max_wait: 100ms}, ') + route)
    demo.openai.limit(requests=1)
    with client_for(proxy) as ai:
        chat(ai, "first")
        with pytest.raises(openai.RateLimitError) as caught:
            chat(ai, "second")
        assert caught.value.code == "upstream_rate_limited"
        assert 50 <= int(caught.value.response.headers["Retry-After"]) <= 60
        assert cache_status(caught.value.response)["detail"] == "paced"
        # What is stored needs no room, and another model has its own.
        assert cache_status(ai.chat.completions.with_raw_response.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "first"}]
        ))["hit"]
        chat(ai, "second", model="gpt-4o")
    assert demo.openai.calls(CHAT) == 2
    assert proxy.metric("weir_upstream_paced_total", upstream="openai", outcome="refused") == 1
    assert proxy.stats()["upstreams"][-1]["pacing"]["outcomes"] == {"refused": 1}


# What is not text


def test_a_recording_goes_up_byte_for_byte(proxy, demo):
    sent = []

    def note(request):
        sent.append(request.read())

    recording = bytes(range(256)) * 4096
    with client_for(proxy, http_client=httpx2.Client(event_hooks={"request": [note]})) as ai:
        answer = ai.audio.transcriptions.create(model="whisper-1", file=("sound.mp3", io.BytesIO(recording)))
    assert recording in sent[0]
    digest = hashlib.sha256(sent[0]).hexdigest()
    assert answer.text == f"You sent {len(sent[0])} bytes, {digest}."
    assert demo.openai.last()["body"] == {"bytes": len(sent[0]), "sha256": digest}
    assert demo.openai.last()["headers"]["content-type"][0].startswith("multipart/form-data; boundary=")


def test_a_voice_comes_down_byte_for_byte(proxy, demo):
    def speak(client):
        with client.audio.speech.with_streaming_response.create(
            model="tts-1", voice="alloy", input="What is a weir?"
        ) as answer:
            assert answer.headers["Content-Type"] == "audio/mpeg"
            return b"".join(answer.iter_bytes())

    with client_for(proxy) as ai, openai.OpenAI(base_url=f"{demo.openai.url}/v1", api_key="sk-one") as direct:
        through, without = speak(ai), speak(direct)
    assert len(through) >= 65_536 and through == without


def test_images_files_and_batches_pass(proxy, demo):
    with client_for(proxy) as ai:
        image = ai.images.generate(model="gpt-image-1", prompt="a weir")
        assert base64.b64decode(image.data[0].b64_json).startswith(b"\x89PNG")
        edited = ai.images.edit(model="gpt-image-1", image=io.BytesIO(b"\x89PNG" + bytes(1000)), prompt="more water")
        assert edited.data
        file = ai.files.create(file=("batch.jsonl", b'{"custom_id": "1"}\n'), purpose="batch")
        batch = ai.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"run": "1"}
        )
        assert ai.batches.retrieve(batch.id) == batch and batch.metadata == {"run": "1"}
        assert [one.id for one in ai.batches.list()] == [batch.id]
        for _ in range(2):
            assert "gpt-4o-mini" in [model.id for model in ai.models.list()]
        with pytest.raises(openai.NotFoundError):
            ai.batches.retrieve("batch_none")


def test_a_realtime_session_passes(weir, upstreams):
    """The client's own WebSocket, with its credential and its query."""
    asked = []

    def answer(connection):
        asked.append((connection.request.path, connection.request.headers["Authorization"]))
        connection.send(json.dumps({"type": "session.created", "event_id": "e1", "session": {"type": "realtime"}}))
        for message in connection:
            event = json.loads(message)
            connection.send(json.dumps({"type": "response.done", "event_id": event["type"], "response": {"id": "r1"}}))

    port = free_port()
    with serve(answer, "127.0.0.1", port) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        live = f'  live: {{url: "http://127.0.0.1:{port}"}}\n'
        proxy = weir(upstreams + live + "routes: [{path: /v1/realtime, upstream: live}, {path: /v1, upstream: openai}]\n")
        with client_for(proxy) as ai, ai.realtime.connect(model="gpt-realtime") as connection:
            assert connection.recv().type == "session.created"
            connection.response.create()
            done = connection.recv()
            assert (done.type, done.event_id) == ("response.done", "response.create")
        server.shutdown()
        thread.join()
    assert asked == [("/v1/realtime?model=gpt-realtime", "Bearer sk-one")]
