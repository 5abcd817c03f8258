"""HTTP/1.1 by hand, for what clients would not send or show."""

import socket


class Message:
    """A response as it came."""

    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def field(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return values[0] if values else None


class Wire:
    """One connection, read message by message."""

    def __init__(self, port, timeout=15.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, text):
        """Sends text as it is, but with CRLF for every LF."""
        self.socket.sendall(text.replace("\n", "\r\n").encode() if isinstance(text, str) else text)

    def get(self, path, *fields):
        self.send("\n".join([f"GET {path} HTTP/1.1", "Host: weir.test", *fields, "", ""]))

    def read_head(self):
        line = self.reader.readline()
        if not line:
            return None
        fields = []
        while (field := self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode().partition(":")
            fields.append((name, value.strip()))
        return Message(int(line.split()[1]), fields, b"")

    def read_chunk(self):
        """The next chunk of a chunked body; empty at its end."""
        size = int(self.reader.readline().split(b";")[0], 16)
        data = self.reader.read(size)
        self.reader.readline()
        return data

    def read(self, to_head=False):
        """The next response with its body."""
        message = self.read_head()
        if message is None or to_head or message.status in (204, 304) or message.status < 200:
            return message
        if (message.field("Transfer-Encoding") or "").lower() == "chunked":
            while chunk := self.read_chunk():
                message.body += chunk
        elif (length := message.field("Content-Length")) is not None:
            message.body = self.reader.read(int(length))
        else:
            message.body = self.reader.read()
        return message

    def wait_for_end(self):
        """Takes whatever comes until the peer closes or resets the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def is_at_end(self):
        """Whether the peer has closed its side, once all it sent has been read."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True
