"""Prompts that are made shorter on their way, with the official client."""

import json

import openai

CHAT = "POST /v1/chat/completions"
CONFIG = """\
routes:
  - path: /v1
    upstream: openai
    cache: {mode: persona, ttl: 1h}
    economy: {minify_json: true, replace: {"Please be so kind and ": ""}}
"""


def test_the_shorter_prompt_is_what_the_provider_gets_and_what_is_shared(weir, upstreams, demo):
    proxy = weir(upstreams + CONFIG)
    result = {"rows": [{"id": number, "name": f"row {number}"} for number in range(20)]}

    def ask(ai, *texts):
        messages = [{"role": "user", "content": text} for text in texts]
        return ai.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=messages)

    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-one", max_retries=0) as ai:
        first = ask(ai, "Please be so kind and count the rows.", json.dumps(result, indent=4))
        assert first.headers["Cache-Status"] == "weir; fwd=uri-miss; stored"
        # As the provider answers who asks it the short way.
        with openai.OpenAI(base_url=f"{demo.openai.url}/v1", api_key="sk-one", max_retries=0) as provider:
            direct = ask(provider, "count the rows.", json.dumps(result, separators=(",", ":"))).parse()
        assert first.parse().usage == direct.usage
        assert first.parse().choices[0].message.content == direct.choices[0].message.content
        second = ask(ai, "count the rows.", json.dumps(result))
        assert second.headers["Cache-Status"].startswith("weir; hit")
        assert second.parse().choices[0].message.content == first.parse().choices[0].message.content
    saved = proxy.metric("weir_ai_prompt_tokens_saved_total", route="/v1")
    assert saved == proxy.stats()["routes"][0]["promptTokensSaved"] > 100
    assert demo.openai.calls(CHAT) == 2
