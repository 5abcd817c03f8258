"""An origin that answers each row by the step that the row is at, and remembers what it was asked."""

import socket
import threading
import time

from conformance.row import CHUNKED, CLOSE, CUT, LENGTH, UNANSWERED, Reply, dated


class Call:
    """A request as it came to the origin."""

    def __init__(self, method, target, fields, body):
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    @property
    def is_conditional(self):
        return bool(self.values("If-None-Match") or self.values("If-Modified-Since"))


class Scene:
    """One row's part of the origin."""

    def __init__(self):
        self.reply = Reply(body="")
        self.calls = []
        self._given = 0
        self._lock = threading.Lock()
        # The lines of the last answer that was no 304, by method and target.
        self.sent = {}

    def enter(self, call):
        with self._lock:
            self.calls.append(call)
            return self.reply

    def leave(self):
        with self._lock:
            self._given += 1

    @property
    def given(self):
        """How many calls have got all of their answer."""
        with self._lock:
            return self._given


class Origin:
    """Listens on loopback; each connection carries one request."""

    def __init__(self):
        self._scenes = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def scene(self, name):
        """What answers below `/…/name`."""
        self._scenes[name] = Scene()
        return self._scenes[name]

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as reader:
            connection.settimeout(30)
            try:
                call = read_call(reader)
                if call is None:
                    return
                scene = self._scenes[call.target.split("/")[2].split("?")[0]]
                answer(connection, call, scene.enter(call), scene)
                scene.leave()
            except OSError:
                return


def read_call(reader):
    line = reader.readline().decode()
    if not line:
        return None
    method, target, _ = line.split(" ")
    fields = []
    while (text := reader.readline()) not in (b"\r\n", b""):
        name, _, value = text.decode().partition(":")
        fields.append((name, value.strip()))
    call = Call(method, target, fields, b"")
    if length := call.values("Content-Length"):
        call.body = reader.read(int(length[0]))
    elif call.values("Transfer-Encoding"):
        while size := int(reader.readline(), 16):
            call.body += reader.read(size)
            reader.readline()
        reader.readline()
    return call


def answer(connection, call, reply, scene):
    """Writes the reply: hints, head and body."""
    if reply.delay:
        time.sleep(reply.delay)
    for status, lines in reply.hints:
        connection.sendall("\r\n".join([f"HTTP/1.1 {status} Hint", *lines, "", ""]).encode())
    if reply.breaks == UNANSWERED:
        return
    status = 200 if reply.status == 304 and not call.is_conditional else reply.status
    body = (reply.body or "").encode()
    lines = [dated(line) for line in reply.fields]
    names = {line.partition(":")[0].lower() for line in lines}
    if "date" not in names and reply.dated:
        lines.append(dated("Date: <0>"))
    if "content-type" not in names and status not in (204, 304):
        lines.append("Content-Type: text/plain")
    if status != 304:
        scene.sent[call.method, call.target] = lines
    has_body = status not in (204, 304)
    framing = []
    if has_body and reply.framing == LENGTH and "content-length" not in names:
        framing = [f"Content-Length: {len(body) + (10 if reply.breaks == CUT else 0)}"]
    elif has_body and reply.framing == CHUNKED:
        framing = ["Transfer-Encoding: chunked"]
    head = [f"HTTP/1.1 {status} Status", *lines, *framing, "Connection: close", "", ""]
    connection.sendall("\r\n".join(head).encode())
    if has_body and call.method != "HEAD":
        connection.sendall(_framed(body, reply))
    if reply.framing == CLOSE:
        connection.shutdown(socket.SHUT_WR)


def _framed(body, reply):
    if reply.framing != CHUNKED:
        return body
    last = b"" if reply.breaks == CUT else "\r\n".join(["0", *reply.trailers, "", ""]).encode()
    return b"%x\r\n%s\r\n" % (len(body), body) + last
