"""The tables of `conformance`, against one Weir in front of one scripted origin.

Many rows wait for something to become stale, so all of them run at once, on threads; each test waits for its own row.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.tables import TABLES
from conformance.origin import Origin
from conformance.runner import Runner
from peers.weir import Weir

ROUTES = """
routes:
  - {path: /plain, upstream: origin, features: {breaker: false}, cache: {mode: http}}
  - {path: /lasting, upstream: origin, features: {breaker: false}, cache: {mode: http, ttl: 1h}}
  - path: /tolerant
    upstream: origin
    features: {breaker: false}
    cache: {mode: http, stale_while_revalidate: 1m, stale_if_error: 1m}
  - path: /hurried
    upstream: origin
    features: {breaker: false}
    timeouts: {first_byte: 2s}
    cache: {mode: http, stale_if_error: 1m}
  - {path: /heuristic, upstream: origin, features: {breaker: false}, cache: {mode: http, heuristic: 10%}}
  - path: /firm
    upstream: origin
    features: {breaker: false}
    cache: {mode: http, negative: {404: 1h, 410: 2s}, ignore_client: [no-cache]}
  - {path: /uncoded, upstream: origin, features: {breaker: false, gzip: false}, cache: {mode: http}}
  - {path: /untagged, upstream: origin, features: {breaker: false, etag: false}, cache: {mode: http}}
"""

THREADS = 32


def parameters():
    for subject, rows in TABLES.items():
        for number, row in enumerate(rows, 1):
            marks = [pytest.mark.xfail(reason=row.fails, raises=AssertionError, strict=True)] if row.fails else []
            yield pytest.param(f"{subject}-{number}", row, marks=marks, id=f"{subject}: {row.level}: {row.name}")


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory):
    """What becomes of every row that is asked for, by its key."""
    chosen = [item.callspec.params for item in request.session.items if item.fspath == request.fspath]
    chosen = {given["key"]: given["row"] for given in chosen}
    with Origin() as origin:
        config = f'upstreams:\n  origin: {{url: "{origin.url}", retry: {{attempts: 1}}}}\n{ROUTES}'
        weir = Weir(tmp_path_factory.mktemp("conformance"), config)
        try:
            weir.wait_until_ready()
            with ThreadPoolExecutor(THREADS) as pool:
                yield {key: pool.submit(Runner(row, key, origin, weir.port).run) for key, row in chosen.items()}
        finally:
            weir.stop()


@pytest.mark.parametrize("key, row", list(parameters()))
def test_a_shared_cache(outcomes, key, row):
    outcomes[key].result(timeout=60)
