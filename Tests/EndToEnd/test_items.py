"""Embeddings and moderations item by item, with the official client."""

import asyncio
import base64
import struct
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

EMBEDDINGS = "POST /v1/embeddings"
MODEL = "text-embedding-3-small"


def embed(ai, texts, **more):
    raw = ai.embeddings.with_raw_response.create(model=MODEL, input=texts, dimensions=16, **more)
    return raw.headers, raw.parse()


def vectors(answer):
    return [item.embedding for item in answer.data]


@pytest.mark.parametrize("encoding", ["float", "base64", None])
def test_of_a_hundred_inputs_of_which_eighty_are_stored_twenty_are_asked_for(ai, demo, proxy, encoding):
    more = {"encoding_format": encoding} if encoding else {}
    texts = [f"paragraph {number}" for number in range(100)]
    known = [text for number, text in enumerate(texts) if number % 5]
    embed(ai, list(reversed(known)), **more)
    headers, answer = embed(ai, texts, **more)
    assert headers["Cache-Status"] == 'weir; fwd=partial; stored; detail="80/100"'
    assert [item.index for item in answer.data] == list(range(100))
    again, whole = embed(ai, texts, **more)
    assert again["Cache-Status"].startswith("weir; hit; ttl=")
    assert vectors(whole) == vectors(answer) and whole.usage == answer.usage
    assert answer.usage.prompt_tokens == 200
    assert demo.openai.calls(EMBEDDINGS) == 2
    items = {labels["origin"]: value for labels, value in proxy.metrics()["weir_ai_items_total"]
             if labels["route"] == "/v1/embeddings"}
    assert items == {"found": 180, "fetched": 100, "collapsed": 0}
    # What it says is what the provider says.
    direct = ai.embeddings.create(
        model=MODEL, input=texts, dimensions=16, extra_headers={"Cache-Control": "no-store"}, **more
    )
    assert vectors(direct) == vectors(answer) and direct.usage == answer.usage


def test_a_text_alone_and_among_others_is_one_entry(ai, demo):
    _, alone = embed(ai, "one")
    _, both = embed(ai, ["two", "one", "two"])
    headers, two = embed(ai, ["two"])
    assert headers["Cache-Status"].startswith("weir; hit")
    assert vectors(both) == vectors(two) + vectors(alone) + vectors(two)
    assert demo.openai.calls(EMBEDDINGS) == 2


def test_numbers_and_base64_are_the_same_vectors_and_never_converted(ai, demo):
    texts = ["a", "b", "c"]
    numbers = vectors(embed(ai, texts, encoding_format="float")[1])
    coded = vectors(embed(ai, texts[1:], encoding_format="base64")[1])
    for vector, code in zip(numbers[1:], coded, strict=True):
        assert list(struct.unpack("<16f", base64.b64decode(code))) == pytest.approx(vector, abs=1e-6)
    assert demo.openai.calls(EMBEDDINGS) == 2


def test_token_arrays_are_items_too(ai, demo):
    embed(ai, [1, 2, 3])
    headers, answer = embed(ai, [[4], [1, 2, 3]])
    assert headers["Cache-Status"] == 'weir; fwd=partial; stored; detail="1/2"' and len(answer.data) == 2
    assert demo.openai.calls(EMBEDDINGS) == 2


def test_requests_that_overlap_ask_once_for_what_they_share(ai, demo):
    def ask(start):
        return vectors(embed(ai, [f"text {number}" for number in range(start, start + 50)])[1])

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(0, 50, 5)))
    for first, second in zip(answers, answers[1:]):
        assert first[5:] == second[:-5]
    assert demo.openai.calls(EMBEDDINGS) <= 10


def test_a_bad_item_fails_its_request_alone(ai, demo):
    embed(ai, ["good"])
    with pytest.raises(openai.BadRequestError) as caught:
        embed(ai, ["good", "demo-bad-item"])
    assert caught.value.param == "input"
    headers, _ = embed(ai, ["good", "other"])
    assert headers["Cache-Status"] == 'weir; fwd=partial; stored; detail="1/2"'


def test_moderations_are_stored_one_by_one(ai, demo):
    first = ai.moderations.create(model="omni-moderation-latest", input=["fine", "fair"])
    raw = ai.moderations.with_raw_response.create(model="omni-moderation-latest", input=["fair", "good", "fine"])
    assert raw.headers["Cache-Status"] == 'weir; fwd=partial; stored; detail="2/3"'
    results = raw.parse().results
    assert [results[2], results[0]] == first.results
    picture = [{"type": "text", "text": "fine"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
    for _ in range(2):
        assert len(ai.moderations.create(model="omni-moderation-latest", input=picture).results) == 1
    assert demo.openai.calls("POST /v1/moderations") == 3


def test_items_are_purged_by_their_users(ai, proxy):
    embed(ai, ["a", "b"], extra_headers={"X-User-Id": "ada"})
    embed(ai, ["b", "c"], extra_headers={"X-User-Id": "bob"})
    purged = proxy.admin.post("/api/admin/dashboard/cache/invalidate", json={"user": "bob"})
    assert purged.json() == {"removed": 1}
    headers, _ = embed(ai, ["a", "b", "c"])
    assert headers["Cache-Status"] == 'weir; fwd=partial; stored; detail="2/3"'


BATCHING = """\
routes:
  - {path: /v1/embeddings, upstream: openai, cache: {mode: persona, ttl: 1h}, batch: {size: 10, wait: 10s}}
  - {path: /v1, upstream: openai}
"""


async def embed_each(proxy, texts):
    """Each by a request of its own, all at once."""
    async with openai.AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="sk-one", max_retries=0) as client:
        calls = (client.embeddings.create(model=MODEL, input=text, dimensions=16) for text in texts)
        return await asyncio.gather(*calls, return_exceptions=True)


def test_a_burst_of_a_hundred_single_texts_is_ten_calls(weir, upstreams, demo, proxy):
    texts = [f"text {number}" for number in range(100)]
    batching = weir(upstreams + BATCHING)
    answers = asyncio.run(embed_each(batching, texts))
    assert demo.openai.calls(EMBEDDINGS) == 10
    # Each is what its client would have got alone.
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-one") as client:
        whole = client.embeddings.create(model=MODEL, input=texts, dimensions=16)
    assert [vectors(answer)[0] for answer in answers] == vectors(whole)
    assert sum(answer.usage.prompt_tokens for answer in answers) == whole.usage.prompt_tokens
    assert batching.metric("weir_ai_batch_items_count", route="/v1/embeddings") == 10
    assert batching.stats()["routes"][0]["batches"] == {"calls": 10, "items": 100}


def test_in_a_batch_the_bad_text_fails_alone(weir, upstreams, demo):
    texts = ["demo-bad-item"] + [f"text {number}" for number in range(9)]
    batching = weir(upstreams + BATCHING)
    bad, *others = asyncio.run(embed_each(batching, texts))
    assert isinstance(bad, openai.BadRequestError) and bad.param == "input"
    assert len(others) == 9 and all(len(vectors(answer)[0]) == 16 for answer in others)
    # Ten; then 5 and 5, 2 and 3, and where it comes third, fourth or fifth of five, 1 and 2, perhaps 1 and 1.
    assert demo.openai.calls(EMBEDDINGS) in (7, 9)
