"""HTTPS towards clients, with certificates made for this test."""

import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading

import httpx
import pytest

from conftest import ROUTES
from peers.authority import Authority
from peers.curl import PARTIAL, curl, start_curl
from peers.program import clean_environment
from peers.waiting import eventually
from peers.weir import run_weir

LARGE = int(os.environ.get("LARGE_BODY_MIB", "1024")) << 18


@pytest.fixture
def secure(weir, upstreams, authority):
    """Weir with an HTTPS listener; `more` is added to its `tls`. Paths start at the configuration's folder."""

    def start_secure(more="", config=""):
        tls = f"{{certificate: certificates/server.pem, key: certificates/server.key{more}}}"
        proxy = weir(config + upstreams + ROUTES, tls=tls)
        proxy.authority = authority
        return proxy

    return start_secure


def client_context(proxy, *identity):
    context = ssl.create_default_context(cafile=str(proxy.authority.file))
    if identity:
        context.load_cert_chain(*map(str, identity))
    return context


def https(proxy, *identity):
    return httpx.Client(
        base_url=proxy.secure_url, verify=client_context(proxy, *identity), trust_env=False, timeout=60
    )


def connect(proxy, context=None):
    raw = socket.create_connection(("127.0.0.1", proxy.secure_port), timeout=15)
    return (context or client_context(proxy)).wrap_socket(raw, server_hostname="localhost")


def serial(proxy):
    """Of the certificate that new connections get."""
    with connect(proxy) as tls:
        return tls.getpeercert()["serialNumber"]


def s_client(proxy, *arguments, send=b""):
    process = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{proxy.secure_port}", "-servername", "localhost"]
        + ["-CAfile", proxy.authority.file, "-verify_return_error", *map(str, arguments)],
        input=send,
        capture_output=True,
        timeout=30,
        env=clean_environment(),
    )
    return process.returncode, process.stdout.decode(errors="replace") + process.stderr.decode(errors="replace")


def test_curl_gets_pages_over_one_connection(secure):
    proxy = secure()
    # Weir tells the upstream how it was asked, and whom.
    code, body = curl("--cacert", proxy.authority.file, "-w", "%{num_connects}\n", *[f"{proxy.secure_url}/echo"] * 3)
    assert code == 0
    assert body.count(b'"x-forwarded-proto":["https"]') == 3
    assert [line[-1:] for line in body.splitlines() if line.startswith(b"{")] == [b"1", b"0", b"0"]


@pytest.mark.parametrize("version, spoken", [("-tls1", 0), ("-tls1_1", 0), ("-tls1_2", 1), ("-tls1_3", 1)])
def test_tls_from_1_2_on_is_spoken(secure, version, spoken):
    code, output = s_client(secure(), version, "-cipher", "ALL:@SECLEVEL=0", send=b"Q\n")
    assert (code == 0) == bool(spoken), output


def test_min_version_1_3_refuses_1_2(secure):
    proxy = secure(", min_version: 1.3")
    assert s_client(proxy, "-tls1_2", send=b"Q\n")[0] != 0
    assert s_client(proxy, "-tls1_3", send=b"Q\n")[0] == 0


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"])
def test_ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused(secure, cipher):
    assert s_client(secure(), "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0", send=b"Q\n")[0] != 0


def test_a_session_is_resumed(secure, tmp_path):
    proxy = secure()
    request = b"GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    session = tmp_path / "session"
    code, output = s_client(proxy, "-ign_eof", "-sess_out", session, send=request)
    assert code == 0 and "HTTP/1.1 200 OK" in output
    code, output = s_client(proxy, "-ign_eof", "-sess_in", session, send=request)
    assert code == 0 and "HTTP/1.1 200 OK" in output and "Reused, TLSv1.3" in output


def test_large_bodies_pass_both_ways_with_flat_memory(secure):
    proxy = secure()
    with https(proxy) as client:
        client.get("/bytes/1000000")
        before = proxy.program.memory_kib()
        count = 0
        with client.stream("GET", f"/bytes/{LARGE}", headers={"Accept-Encoding": "identity"}) as answer:
            for piece in answer.iter_raw(1 << 20):
                count += len(piece)
        assert count == LARGE
        piece = os.urandom(1 << 20)
        digest = hashlib.sha256()

        def pieces():
            for _ in range(LARGE >> 22):
                digest.update(piece)
                yield piece

        echo = client.post("/echo", content=pieces()).json()
        assert echo["body"] == {"bytes": LARGE >> 22 << 20, "sha256": digest.hexdigest()}
        assert proxy.program.memory_kib() - before < 64 * 1024


def test_a_reader_who_stops_holds_up_the_upstream_and_nothing_piles_up(secure):
    proxy = secure()
    with connect(proxy) as tls:
        before = proxy.program.memory_kib("VmRSS")
        tls.sendall(f"GET /bytes/{256 << 20} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert tls.recv(1000).startswith(b"HTTP/1.1 200")
        eventually(lambda: proxy.metric("weir_upstream_connections", state="active") == 1, what="the call")
        # Requests of others keep being answered meanwhile, and take a while.
        for _ in range(200):
            assert proxy.get("/echo").status_code == 200
        assert proxy.program.memory_kib("VmRSS") - before < 32 * 1024


def test_events_arrive_one_by_one(secure, demo):
    proxy = secure()
    demo.app.hold("g")
    with https(proxy).stream("GET", "/stream?events=3&interval=0&event_gate=g") as answer:
        lines = answer.iter_lines()
        for tick in range(1, 4):
            while (line := next(lines)) and not line.startswith("data:"):
                pass
            if tick < 3:
                eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
                demo.app.let_pass("g")
        demo.app.release("g")


def test_a_response_that_breaks_off_is_visibly_broken(secure):
    proxy = secure()
    client = start_curl("--http1.1", "--cacert", proxy.authority.file, f"{proxy.secure_url}/cut?size=4000&after=1000")
    client.communicate(timeout=30)
    assert client.returncode in (PARTIAL, 56)
    with connect(proxy) as tls:
        # HTTP/1.0 has nothing but the connection's end to tell by.
        tls.sendall(b"GET /cut?size=4000&after=1000 HTTP/1.0\r\nHost: localhost\r\n\r\n")
        with pytest.raises((ssl.SSLEOFError, ConnectionResetError)):
            tls.suppress_ragged_eofs = False
            while tls.recv(1 << 16):
                pass


def test_a_good_end_is_told_by_tls(secure):
    with connect(secure()) as tls:
        tls.suppress_ragged_eofs = False
        tls.sendall(b"GET /echo HTTP/1.0\r\nHost: localhost\r\n\r\n")
        received = b""
        while piece := tls.recv(1 << 16):
            received += piece
        assert received.startswith(b"HTTP/1.1 200 OK")


def shake_hands(proxy, version):
    """A TLS connection whose records and socket are the test's: what a socket cannot do is to close one of its sides."""
    context = client_context(proxy)
    context.maximum_version = version
    raw = socket.create_connection(("127.0.0.1", proxy.secure_port), timeout=15)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            tls.do_handshake()
            raw.sendall(outgoing.read())
            return raw, tls, incoming, outgoing
        except ssl.SSLWantReadError:
            raw.sendall(outgoing.read())
            incoming.write(raw.recv(1 << 16))


def read_to_end(raw, tls, incoming):
    received = b""
    while True:
        try:
            piece = tls.read(1 << 16)
        except ssl.SSLWantReadError:
            bytes_ = raw.recv(1 << 16)
            if not bytes_:
                return received, False
            incoming.write(bytes_)
            continue
        except ssl.SSLZeroReturnError:
            piece = b""
        if not piece:
            return received, True
        received += piece


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_good_bye_ends_one_direction_and_is_answered(secure, demo, version):
    """RFC 8446 6.1: it has no effect on what the other side sends."""
    proxy = secure()
    demo.app.hold("g")
    for path in ("/echo", "/answer?size=10&gate=g"):
        raw, tls, incoming, outgoing = shake_hands(proxy, version)
        tls.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        raw.sendall(outgoing.read())
        if "gate" in path:
            eventually(lambda: demo.app.waiting("g") == 1, what="the request at its gate")
            demo.app.release("g")
        received, is_good_end = read_to_end(raw, tls, incoming)
        assert received.startswith(b"HTTP/1.1 200 OK") and is_good_end, path
        raw.close()
    eventually(lambda: proxy.metric("weir_connections") == 0, what="the end of the connections")


def test_an_end_without_good_bye_is_a_client_that_has_gone(secure, demo):
    proxy = secure()
    demo.app.hold("g")
    raw, tls, _, outgoing = shake_hands(proxy, ssl.TLSVersion.TLSv1_3)
    tls.write(b"GET /answer?size=10&gate=g HTTP/1.1\r\nHost: localhost\r\n\r\n")
    raw.sendall(outgoing.read())
    eventually(lambda: demo.app.waiting("g") == 1, what="the request at its gate")
    raw.shutdown(socket.SHUT_WR)
    eventually(lambda: proxy.metric("weir_connections") == 0, what="the end of the connection")
    demo.app.release("g")


def test_plain_http_is_told_to_speak_https(secure):
    proxy = secure()
    answer = httpx.get(f"http://localhost:{proxy.secure_port}/", trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "plain_http"
    assert proxy.metric("weir_tls_handshakes_total", outcome="plain") == 1


def test_client_certificates_are_required(secure, authority):
    identity = authority.issue("client", "client")
    stranger = Authority(authority.folder / "strangers").issue("stranger", "client")
    expired = authority.issue("expired", "client", days=-1)
    proxy = secure(", client_ca: certificates/ca.pem")
    with https(proxy, *identity) as client:
        assert client.get("/echo").status_code == 200
    for refused in [(), stranger, expired]:
        with https(proxy, *refused) as client, pytest.raises(httpx.TransportError):
            client.get("/echo")
    assert proxy.metric("weir_tls_handshakes_total", outcome="certificate") == 3


def test_optional_client_certificates_are_checked_where_they_are_shown(secure, authority):
    stranger = Authority(authority.folder / "strangers").issue("stranger", "client")
    proxy = secure(", client_ca: certificates/ca.pem, client_certificates: optional")
    with https(proxy) as client:
        assert client.get("/echo").status_code == 200
    with https(proxy, *stranger) as client, pytest.raises(httpx.TransportError):
        client.get("/echo")


def test_changed_certificates_are_taken_into_use_under_load(secure, authority):
    proxy = secure()
    failures, stop = [], threading.Event()

    def load(reuses):
        client = https(proxy)
        try:
            while not stop.is_set():
                assert client.get("/echo").status_code == 200
                if not reuses:
                    client.close()
                    client = https(proxy)
        except Exception as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=load, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            before = serial(proxy)
            certificate, key = authority.issue(f"next{number}")
            # As certificate tools do: each file is replaced, one after the other.
            os.replace(certificate, authority.folder / "server.pem")
            os.replace(key, authority.folder / "server.key")
            eventually(lambda: serial(proxy) != before, what="the next certificate")
        # What is no good stays out, and is told.
        before = serial(proxy)
        certificate, key = authority.issue("mismatch")
        os.replace(certificate, authority.folder / "server.pem")
        refused = lambda: proxy.metric("weir_tls_certificate_reloads_total", outcome="refused") == 1
        eventually(refused, what="the refusal")
        assert serial(proxy) == before
        [listener] = [listener for listener in proxy.stats()["listeners"] if "tls" in listener]
        assert "does not belong" in listener["tls"]["problem"]
        assert "does not belong" in proxy.program.log
        # Until it is made good.
        os.replace(key, authority.folder / "server.key")
        eventually(lambda: serial(proxy) != before, what="the mended certificate")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert proxy.metric("weir_tls_certificate_reloads_total", outcome="used") == 4
    expected = ssl.cert_time_to_seconds(
        subprocess.run(
            ["openssl", "x509", "-in", authority.folder / "server.pem", "-noout", "-enddate"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip().partition("=")[2]
    )
    assert proxy.metric("weir_tls_certificate_not_after_seconds") == expected


def test_a_reload_takes_another_certificate_and_is_refused_for_a_bad_one(secure, authority, demo):
    proxy = secure(config="reload: {watch: 0s}\n")
    path = proxy.config_path

    def reload(done):
        proxy.program.process.send_signal(signal.SIGHUP)
        eventually(lambda: done(proxy.stats()["configuration"]), what="the reload")
        return proxy.stats()["configuration"]

    before = serial(proxy)
    demo.app.hold("g")
    with connect(proxy) as busy, connect(proxy) as idle:
        busy.sendall(b"GET /answer?size=1000&gate=g HTTP/1.1\r\nHost: localhost\r\n\r\n")
        eventually(lambda: demo.app.waiting("g") == 1, what="the call")
        authority.issue("next")
        path.write_text(path.read_text().replace("certificates/server.", "certificates/next."))
        reload(lambda status: status["generation"] == 2)
        assert serial(proxy) != before
        # A key that is another certificate's: nothing of the configuration is taken, and why is told.
        before, good = serial(proxy), path.read_text()
        path.write_text(good.replace("next.key", "server.key") + "  - {path: /new, upstream: app}\n")
        status = reload(lambda status: status["refusedReloads"] == 1)
        assert status["generation"] == 2 and not status["lastReloadSuccessful"]
        [problem] = status["problems"]
        assert problem.startswith(f"{path}:1:") and "does not belong to the first certificate" in problem
        assert problem in proxy.program.log
        assert serial(proxy) == before
        assert "/new" not in [route["name"] for route in proxy.stats()["routes"]]
        # The configuration as it was, with files that have changed: they are taken at once.
        path.write_text(good)
        certificate, key = authority.issue("renewed")
        os.replace(certificate, authority.folder / "next.pem")
        os.replace(key, authority.folder / "next.key")
        reload(lambda status: status["generation"] == 3)
        assert serial(proxy) != before
        # Those who came before all of it have noticed nothing.
        demo.app.release("g")
        idle.sendall(b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for connection in (busy, idle):
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 OK")


def test_stopping_finishes_what_is_under_way(secure, demo):
    proxy = secure()
    demo.app.hold("g")
    client = start_curl("--cacert", proxy.authority.file, f"{proxy.secure_url}/answer?size=1000&gate=g")
    eventually(lambda: demo.app.waiting("g") == 1, what="the call")
    with connect(proxy) as idle:
        proxy.program.process.terminate()
        # An idle connection is closed in good order.
        assert idle.recv(1) == b""
    demo.app.release("g")
    output, _ = client.communicate(timeout=30)
    assert client.returncode == 0 and len(output) == 1000
    assert proxy.program.process.wait(15) == 0


def test_an_expired_certificate_is_a_warning(secure, authority, tmp_path):
    for ending, path in zip(("pem", "key"), authority.issue("expired", days=-1)):
        shutil.copy(path, authority.folder / f"server.{ending}")
    proxy = secure()
    result = proxy.run("check")
    assert result.returncode == 0
    assert "has expired" in result.stderr and result.stderr.startswith("warning: ")
    assert "has expired" in proxy.program.log


def test_a_bad_certificate_is_told_before_anything_is_bound(weir, upstreams, authority, tmp_path):
    proxy_conf = tmp_path / "bad.conf"
    proxy_conf.write_text(
        "listen:\n  - address: 127.0.0.1:1\n    tls: {certificate: certificates/server.pem, key: certificates/ca.key}\n"
        + upstreams
        + ROUTES
    )
    result = run_weir("run", "--config", proxy_conf)
    assert result.returncode == 1
    assert f"{proxy_conf}:3:54: the private key in '{tmp_path}/certificates/ca.key' does not belong" in result.stderr
