"""`cache.snapshot`: a restart is warm, and brings back nothing that should be gone."""

import gzip
import os
import signal
import stat
import subprocess
import time

import pytest

from conftest import ROUTES
from peers.waiting import eventually
from peers.weir import cache_status
from test_ai import CHAT, ask_raw, client_for

SNAPSHOT = "cache: {snapshot: warm.snapshot}\n"
SEALED = "cache: {snapshot: warm.snapshot, seal_key: '${SEAL}'}\n"
ANSWER = "/answer?size={}&cache_control=max-age=3600"
KEY, OTHER_KEY = "A" * 43, "00" * 31 + "01"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "warm.snapshot"


@pytest.fixture
def warm(weir, upstreams):
    """Weir with a snapshot, unsealed."""
    return weir(upstreams + ROUTES + SNAPSHOT)


def stop(weir):
    weir.client.close()
    weir.admin.close()
    assert weir.program.terminate() == 0
    return weir.program.log


def start_again(weir, **more):
    """Starts it and waits until it has read its snapshot: what `/stats` says of that."""
    weir.start_again(**more)

    def read():
        found = weir.stats()["cache"]["snapshot"]
        return None if found["isReading"] else found

    return eventually(read, what="the snapshot read")


def fill(weir, count=20):
    for number in range(count):
        weir.get(ANSWER.format(number))


def status(weir, path, **headers):
    return cache_status(weir.get(path, headers=headers))


def compressed(weir, path):
    with weir.client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return answer, b"".join(answer.iter_raw())


def test_a_restart_is_warm(warm, demo, file):
    with client_for(warm) as ai:
        chat = ask_raw(ai).parse()
    course = warm.get("/courses/1")
    fetched = time.time()
    for language in ("de", "fr"):
        warm.get("/vary?by=Accept-Language", headers={"Accept-Language": language})
    warm.get("/courses")
    zipped = eventually(
        lambda: (found := compressed(warm, "/courses"))[0].headers.get("Content-Encoding")
        and "Content-Length" in found[0].headers and found,
        what="the stored gzip",
    )
    # An Age that can be told from none.
    time.sleep(1.5)
    assert "snapshot written" in stop(warm)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.stat().st_uid == os.geteuid()
    assert not (file.parent / "warm.snapshot.part").exists()

    calls = (demo.app.counts()["calls"], demo.openai.counts()["calls"])
    read = start_again(warm)
    assert read["restoredEntries"] == 5 and read["droppedEntries"] == 0 and read["readBytes"] > 4000
    assert "problem" not in read and "snapshot read" in warm.program.log
    assert warm.metric("weir_cache_restored_entries_total") == 5
    assert not file.exists()

    again = warm.get("/courses/1")
    assert cache_status(again)["hit"] and again.content == course.content
    assert 1 <= int(again.headers["Age"]) and abs(int(again.headers["Age"]) - (time.time() - fetched)) <= 1.5
    unchanged = warm.get("/courses/1", headers={"If-None-Match": course.headers["ETag"]})
    assert unchanged.status_code == 304 and unchanged.headers["ETag"] == course.headers["ETag"]
    for language in ("de", "fr"):
        assert status(warm, "/vary?by=Accept-Language", **{"Accept-Language": language})["hit"]
    answer, body = compressed(warm, "/courses")
    assert (answer.headers["ETag"], body) == (zipped[0].headers["ETag"], zipped[1])
    assert gzip.decompress(body) == warm.get("/courses").content
    with client_for(warm) as ai:
        restored = ask_raw(ai)
        assert cache_status(restored)["hit"] and restored.parse() == chat
    with client_for(warm, key="sk-two") as other:
        assert cache_status(ask_raw(other))["fwd"] == "uri-miss"
    after = demo.openai.counts()["calls"]
    assert demo.app.counts()["calls"] == calls[0] and after[CHAT] == calls[1][CHAT] + 1


def test_what_was_restored_is_purged_and_written_to_as_anything_else(warm, demo):
    warm.get("/courses/1")
    warm.get("/courses/2")
    warm.get("/courses")
    with client_for(warm) as ai:
        ask_raw(ai, user="ada")
    stop(warm)
    start_again(warm)
    assert warm.invalidate(tag="course:1") == 1
    assert warm.invalidate(user="ada") == 1
    assert status(warm, "/courses/1")["fwd"] == "uri-miss"
    assert status(warm, "/courses")["hit"]
    warm.client.put("/courses/2", json={"title": "Weirs"})
    assert status(warm, "/courses/2")["fwd"] == "uri-miss"
    assert status(warm, "/courses")["fwd"] == "uri-miss"


def test_what_is_purged_stays_purged_however_the_process_ends(warm, demo, file):
    fill(warm)
    stop(warm)
    start_again(warm)
    assert warm.invalidate(all=True) == 20
    warm.program.process.send_signal(signal.SIGKILL)
    warm.program.process.wait()
    assert not file.exists()
    warm.start_again()
    assert "no snapshot at" in warm.program.log
    assert status(warm, ANSWER.format(1))["fwd"] == "uri-miss"
    # And in good order.
    assert warm.invalidate(all=True) == 1
    stop(warm)
    assert start_again(warm)["restoredEntries"] == 0


def test_it_goes_from_life_to_life(warm, demo):
    fill(warm)
    for _ in range(3):
        stop(warm)
        assert start_again(warm)["restoredEntries"] == 20
    assert status(warm, ANSWER.format(19))["hit"]
    assert demo.app.calls("GET /answer") == 20


def flip(content, position):
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


DAMAGE = {
    "a byte of an entry": (lambda content: flip(content, len(content) // 2), "is damaged from byte", range(1, 20)),
    "cut short": (lambda content: content[: len(content) * 3 // 4], "is damaged from byte", range(1, 20)),
    "without its end": (lambda content: content[:-1], "is damaged from byte", range(20, 21)),
    "its time": (lambda content: flip(content, 17), "is damaged", range(0, 1)),
    "its version": (lambda content: flip(content, 9), "is of another version", range(0, 1)),
    "a header alone": (lambda content: content[:20], "is damaged", range(0, 1)),
    "empty": (lambda content: b"", "is damaged", range(0, 1)),
}


@pytest.mark.parametrize("damage, says, restored", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_gives_what_is_whole_before_the_damage(warm, file, damage, says, restored):
    fill(warm)
    stop(warm)
    file.write_bytes(damage(file.read_bytes()))
    read = start_again(warm)
    assert read["restoredEntries"] in restored and says in read["problem"]
    lines = [line for line in warm.program.log.splitlines() if "snapshot" in line]
    assert len(lines) == 1 and str(file) in lines[0] and says in lines[0] and "warning" in lines[0]
    hits = sum(status(warm, ANSWER.format(number)).get("hit", False) for number in range(20))
    assert hits == read["restoredEntries"]
    assert not file.exists()
    stop(warm)
    assert start_again(warm)["restoredEntries"] == 20


@pytest.mark.parametrize("make", ["folder", "pipe", "someone's"])
def test_what_is_no_snapshot_is_left_alone_at_the_start_and_at_the_end(weir, upstreams, file, make):
    if make == "folder":
        file.mkdir()
    elif make == "pipe":
        os.mkfifo(file)
    else:
        file.write_text("Of great worth to somebody.")
    warm = weir(upstreams + ROUTES + SNAPSHOT)
    read = eventually(lambda: not (found := warm.stats()["cache"]["snapshot"])["isReading"] and found)
    assert "left alone" in read["problem"]
    fill(warm, 1)
    log = stop(warm)
    assert log.count("left alone") == 2
    assert make != "someone's" or file.read_text() == "Of great worth to somebody."
    assert file.exists()


def test_a_file_that_is_sealed_opens_with_its_key_alone(weir, upstreams, demo, file):
    sealed = weir(upstreams + ROUTES + SEALED, {"SEAL": KEY})
    fill(sealed)
    stop(sealed)
    content = file.read_bytes()
    assert b"HTTP/1.1" not in content and b"answer" not in content
    assert start_again(sealed, environment={"SEAL": KEY})["restoredEntries"] == 20
    assert status(sealed, ANSWER.format(1))["hit"]
    stop(sealed)
    for environment in ({"SEAL": OTHER_KEY}, {"SEAL": ""}):
        read = start_again(sealed, environment=environment)
        assert read["restoredEntries"] == 0 and "is sealed" in read["problem"]
        fill(sealed)
        log = stop(sealed)
        assert KEY not in log and OTHER_KEY not in log
    # The last one was written without a key.
    read = start_again(sealed, environment={"SEAL": KEY})
    assert read["restoredEntries"] == 0 and "is not sealed" in read["problem"]


def test_a_full_disk_leaves_nothing_behind_and_the_exit_code_alone(warm, file):
    for number in range(200):
        warm.get(ANSWER.format(4000 + number))
    stop(warm)
    # A limit on the size of files, met as a full disk is.
    limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh", *warm.command]
    assert start_again(warm, command=limited)["restoredEntries"] == 200
    log = stop(warm)
    lines = [line for line in log.splitlines() if "error" in line]
    assert len(lines) == 1 and f"'{file}' cannot be written: File too large" in lines[0]
    assert list(file.parent.glob("warm.snapshot*")) == []


def test_a_folder_that_is_not_there_is_told_at_the_start(weir, upstreams):
    weir = weir(upstreams + ROUTES + "cache: {snapshot: none/warm.snapshot}\n")
    log = eventually(lambda: "snapshot '" in weir.program.log and weir.program.log)
    assert "none/warm.snapshot' cannot be written in its folder: No such file or directory" in log
    assert "cannot be made: No such file or directory" in stop(weir)


def test_a_reload_that_changes_it_holds_at_the_next_stop(weir, upstreams, tmp_path):
    proxy = weir(upstreams + ROUTES)
    fill(proxy)
    with open(proxy.config_path, "a") as config:
        config.write("cache: {snapshot: later.snapshot}\n")
    proxy.program.process.send_signal(signal.SIGHUP)
    eventually(lambda: proxy.stats()["configuration"]["generation"] == 2, what="the reload")
    assert "snapshot" not in proxy.stats()["cache"] and list(tmp_path.glob("*.snapshot")) == []
    stop(proxy)
    assert start_again(proxy)["restoredEntries"] == 20


def test_a_start_that_fails_leaves_the_file_as_it_is(warm, file):
    fill(warm)
    stop(warm)
    content = file.read_bytes()
    second = subprocess.run(
        ["python3", "-c", "import socket,subprocess,sys; s = socket.socket(); "
         "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); "
         f"s.bind(('127.0.0.1', {warm.port})); s.listen(); "
         "sys.exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True).returncode)",
         *map(str, warm.command)],
        env=warm.environment, timeout=30,
    )
    assert second.returncode == 1
    assert file.read_bytes() == content
    assert start_again(warm)["restoredEntries"] == 20
