"""Who asks, for whom and about what: tokens that a route reads, and the context of AI answers."""

import signal
import time

import jwt
import openai
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from peers.waiting import eventually
from peers.weir import cache_status

CHAT = "POST /v1/chat/completions"
MESSAGES = [{"role": "user", "content": "What is a weir?"}]
SECRET = "a secret that is long enough to be one"
ROUTES = """routes:
  - path: /v1
    upstream: openai
    jwt: {%s, issuer: "https://id.example", audience: weir}
    cache: {mode: persona, context: {course: {claim: course, header: X-Course}}}
  - path: /courses/{id}
    upstream: app
    on_write: {invalidate: ["course:{id}"]}
  - path: /
    upstream: app
"""


def claims(**more):
    return {"sub": "ann", "iss": "https://id.example", "aud": ["weir"], "exp": time.time() + 600} | more


def client(proxy, token):
    return openai.OpenAI(base_url=f"{proxy.url}/v1", api_key=token, max_retries=0)


def ask(proxy, token, **fields):
    with client(proxy, token) as ai:
        return ai.chat.completions.with_raw_response.create(
            model="gpt-4o-mini", messages=MESSAGES, extra_headers=fields
        )


@pytest.fixture
def keys(tmp_path):
    """What signs for each algorithm, and what the configuration says to verify it with."""
    made = {"HS256": (SECRET, 'secrets: ["${JWT_SECRET}"]')}
    for name, key in [("RS256", rsa.generate_private_key(65537, 2048)), ("ES256", ec.generate_private_key(ec.SECP256R1()))]:
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (tmp_path / f"{name}.pem").write_bytes(public)
        made[name] = (key, f'public_keys: ["{tmp_path / name}.pem"]')
    return made


@pytest.fixture
def guarded(weir, upstreams):
    def start(settings):
        return weir(upstreams + ROUTES % settings, {"JWT_SECRET": SECRET})

    return start


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
def test_a_token_is_the_clients_api_key_and_its_claims_are_its_persona(guarded, keys, demo, algorithm):
    key, settings = keys[algorithm]
    proxy = guarded(settings)

    def token(**more):
        return jwt.encode(claims(**more), key, algorithm)

    assert not cache_status(ask(proxy, token(experience_level="novice"))).get("hit")
    # Another user of the same persona, who cannot say otherwise.
    bob = token(sub="bob", experience_level="novice")
    assert cache_status(ask(proxy, bob, **{"X-Persona-Experience-Level": "expert"}))["hit"]
    assert not cache_status(ask(proxy, token(experience_level="expert"))).get("hit")
    assert demo.openai.calls(CHAT) == 2
    proxy.invalidate(user="ann")
    assert not cache_status(ask(proxy, bob)).get("hit")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exp": 1}, "the token has expired"),
        ({"nbf": 4_000_000_000}, "the token is not valid yet"),
        ({"iss": "https://other.example"}, "the token is from another issuer"),
        ({"aud": "other"}, "the token is for somebody else"),
    ],
)
def test_the_client_is_told_what_is_wrong_with_its_token(guarded, keys, demo, change, message):
    key, settings = keys["RS256"]
    proxy = guarded(settings)
    with pytest.raises(openai.AuthenticationError) as refused:
        ask(proxy, jwt.encode(claims(**change), key, "RS256"))
    assert refused.value.code == "invalid_token"
    assert refused.value.body["message"] == message
    assert demo.openai.calls(CHAT) == 0


def test_a_token_of_another_key_or_of_none_is_refused(guarded, keys, demo):
    proxy = guarded(keys["RS256"][1])
    for token in [
        jwt.encode(claims(), rsa.generate_private_key(65537, 2048), "RS256"),
        jwt.encode(claims(), SECRET, "HS256"),
        jwt.encode(claims(), None, "none"),
        "sk-no-token",
    ]:
        with pytest.raises(openai.AuthenticationError):
            ask(proxy, token)
    assert demo.openai.calls(CHAT) == 0


def test_keys_are_changed_by_a_reload_and_nobody_is_refused_meanwhile(guarded, keys):
    old, new = SECRET, SECRET + " once more"
    proxy = guarded(f'secrets: ["{old}"]')
    tokens = [jwt.encode(claims(), key, "HS256") for key in (old, new)]
    text = proxy.config_path.read_text()

    def reload(secrets, generation):
        proxy.config_path.write_text(text.replace(f'["{old}"]', secrets))
        proxy.program.process.send_signal(signal.SIGHUP)
        eventually(lambda: proxy.stats()["configuration"]["generation"] == generation, what="the reload")

    ask(proxy, tokens[0])
    reload(f'["{old}", "{new}"]', 2)
    for token in tokens:
        ask(proxy, token)
    reload(f'["{new}"]', 3)
    ask(proxy, tokens[1])
    with pytest.raises(openai.AuthenticationError):
        ask(proxy, tokens[0])


def test_what_is_updated_takes_the_answers_about_it_and_no_others(guarded, keys):
    key, settings = keys["HS256"]
    proxy = guarded(settings)

    def hits(**more):
        return bool(cache_status(ask(proxy, jwt.encode(claims(**more), key, "HS256"))).get("hit"))

    courses = [{"course": "1"}, {"course": "2"}, {}]
    assert [hits(**course) for course in courses] == [False, False, False]
    assert [hits(**course) for course in courses] == [True, True, True]
    assert proxy.client.put("/courses/1", json={"title": "Weirs"}).status_code == 200
    assert [hits(**course) for course in courses] == [False, True, True]
