"""Answers are compressed for those who take it, once, and are the same underneath."""

import gzip

import pytest

from conftest import ROUTES
from peers.curl import curl
from peers.waiting import eventually
from peers.weir import cache_status
from peers.wire import Wire

TEXT = "/answer?size=5000&cache_control=max-age=60"


def zipped(proxy, url, accept="gzip", **headers):
    """The answer as it came: the body still compressed, its fields."""
    with proxy.client.stream("GET", url, headers={"Accept-Encoding": accept} | headers) as answer:
        body = b"".join(answer.iter_raw())
    return answer, body


def compressed_hit(proxy, url, accept="gzip", **headers):
    """A hit in a coding that is stored; hits before it is ready come as they are."""
    proxy.get(url)

    def stored():
        answer, body = zipped(proxy, url, accept, **headers)
        assert cache_status(answer)["hit"] and "Content-Length" in answer.headers
        return (answer, body) if "Content-Encoding" in answer.headers else None

    return eventually(stored, what=f"the stored {accept}")


@pytest.mark.parametrize("path", ["/courses", "/courses/1", TEXT])
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_curl_decodes_every_coding_on_the_miss_and_from_the_store(proxy, path, coding):
    url = f"{proxy.url}{path}"
    miss = curl("--compressed", "-H", f"Accept-Encoding: {coding}", url)
    _, plain = curl(url)
    answer, body = compressed_hit(proxy, path, coding)
    assert answer.headers["Content-Encoding"] == coding and len(body) < len(plain)
    assert miss == curl("--compressed", "-H", f"Accept-Encoding: {coding}", url) == curl("--compressed", url) == (0, plain)


def test_a_miss_is_compressed_too(proxy):
    answer, body = zipped(proxy, TEXT)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(body)) == 5000


def test_a_hit_is_compressed_and_smaller(proxy):
    answer, body = compressed_hit(proxy, TEXT)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(body))
    assert len(body) < 2500
    assert gzip.decompress(body) == proxy.get(TEXT).content


def test_both_codings_come_of_one_upstream_call(proxy, demo):
    compressed_hit(proxy, TEXT)
    assert proxy.get(TEXT).headers.get("Content-Encoding") is None
    assert demo.app.calls("GET /answer") == 1
    assert proxy.metric("weir_cache_entries") == 1


def test_both_codings_vary_by_accept_encoding(proxy):
    packed, _ = compressed_hit(proxy, TEXT)
    for answer in (packed, proxy.get(TEXT)):
        assert "accept-encoding" in answer.headers["Vary"].lower()


@pytest.mark.parametrize("url", [TEXT, "/courses"])
def test_every_coding_has_an_etag_of_its_own_that_gives_304(proxy, url):
    packed, _ = compressed_hit(proxy, url)
    plain = proxy.get(url)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again, body = zipped(proxy, url, **{"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, body, again.headers["ETag"]) == (304, b"", packed.headers["ETag"])
    assert proxy.get(url, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "br"),
        ("br;q=0.4, gzip;q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("zstd, gzip", "zstd"),
        ("*", "br"),
        ("x-gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("compress", None),
        ("gzip;q=0.1, identity", None),
        ("*;q=0, identity;q=1", None),
        ("", None),
    ],
)
def test_the_client_decides_by_its_q_values(proxy, accept, coding):
    miss, _ = zipped(proxy, TEXT, accept)
    assert miss.headers.get("Content-Encoding") == coding
    if coding:
        hit, _ = compressed_hit(proxy, TEXT, accept)
        assert hit.headers["Content-Encoding"] == coding


@pytest.mark.parametrize(
    "query",
    [
        "size=1000&cache_control=max-age=60",
        "size=5000&cache_control=max-age=60&type=image/png",
        "size=5000&cache_control=max-age=60,no-transform",
        "size=5000&cache_control=max-age=60&type=application/zip",
    ],
)
def test_what_is_not_worth_it_or_not_allowed_is_left_alone(proxy, query):
    for _ in range(2):
        answer, _ = zipped(proxy, f"/answer?{query}")
        assert "Content-Encoding" not in answer.headers


def test_events_are_never_compressed(proxy):
    answer, body = zipped(proxy, "/stream?events=60&interval=0")
    assert "Content-Encoding" not in answer.headers
    assert body.count(b"data:") == 60


def test_nothing_is_compressed_to_be_cut_up(proxy):
    text = proxy.get(TEXT).content
    answer, body = zipped(proxy, TEXT, Range="bytes=0-1999")
    assert (answer.status_code, answer.headers.get("Content-Encoding"), body) == (206, None, text[:2000])


def test_an_upstreams_own_gzip_is_right_for_every_client(weir, nginx_origin):
    origin = nginx_origin(
        "gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; gzip_vary on;"
        " location / { add_header Cache-Control max-age=60; }"
    )
    text = "".join(f"line {number}\n" for number in range(2000))
    (origin.files / "page.txt").write_text(text)
    proxy = weir(
        f'upstreams:\n  site: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: site, cache: {{mode: http}}}}]\n'
    )
    for accept in ("gzip", "identity", "gzip"):
        answer, body = zipped(proxy, "/page.txt", accept)
        packed = answer.headers.get("Content-Encoding") == "gzip"
        assert (gzip.decompress(body) if packed else body).decode() == text
        assert not (packed and accept == "identity")


def test_the_feature_switched_off_leaves_answers_as_they_are(weir, upstreams):
    proxy = weir("features: {gzip: false}\n" + upstreams + ROUTES)
    proxy.get(TEXT)
    answer, body = zipped(proxy, TEXT)
    assert cache_status(answer)["hit"]
    assert "Content-Encoding" not in answer.headers and len(body) == 5000


def test_a_small_body_that_decodes_to_a_huge_one_takes_little_memory(weir, nginx_origin):
    origin = nginx_origin(
        "location / { default_type text/plain; add_header Content-Encoding gzip;"
        " add_header Cache-Control max-age=60; }"
    )
    huge = b"".join(b"%07d\n" % number + bytes(2040) for number in range(1 << 16))
    (origin.files / "huge").write_bytes(gzip.compress(huge))
    proxy = weir(
        f'upstreams:\n  site: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: site, cache: {{mode: http}}}}]\n'
    )
    with Wire(proxy.port) as first:
        first.get("/huge", "Accept-Encoding: gzip")
        assert gzip.decompress(first.read().body) == huge
    before = proxy.program.memory_kib("VmRSS")
    readers = [Wire(proxy.port) for _ in range(4)]
    try:
        for reader in readers:
            reader.get("/huge")
            head = reader.read_head()
            assert head.field("Content-Encoding") is None
            assert "hit" in head.field("Cache-Status")
        # Whatever Weir decodes ahead of these readers, it has decoded by the time another request has been served.
        for _ in range(20):
            proxy.get("/none")
        assert proxy.program.memory_kib("VmRSS") - before < 48 * 1024
    finally:
        for reader in readers:
            reader.close()
    assert proxy.get("/huge", headers={"Accept-Encoding": "identity"}).content == huge
