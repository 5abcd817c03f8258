"""HTTP/2 by hand, frame by frame, for what no client would send."""

import socket
import struct

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, CALM = 0, 1, 2, 7, 8, 11


class HTTP2Wire:
    """One connection by prior knowledge, or over a socket that is given."""

    def __init__(self, port, raw=None, settings=None, timeout=15.0):
        self.socket = raw or socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.settimeout(timeout)
        self.buffer = b""
        self.encoder, self.decoder = Encoder(), Decoder()
        self.socket.sendall(PREFACE)
        self.send(SettingsFrame(settings=settings or {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *frames):
        self.socket.sendall(b"".join(frame.serialize() for frame in frames))

    def try_send(self, *frames):
        """False once the peer has closed."""
        try:
            self.send(*frames)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    @staticmethod
    def request(path="/echo", method="GET", **more):
        fields = [(":method", method), (":scheme", "http"), (":authority", "weir.test"), (":path", path)]
        return fields + [(name.replace("_", "-"), value) for name, value in more.items()]

    def headers(self, stream, fields, ends=True, block=None):
        """A HEADERS frame; the block is encoded from the fields unless it is given."""
        frame = HeadersFrame(stream, data=self.encoder.encode(fields) if block is None else block)
        frame.flags.add("END_HEADERS")
        if ends:
            frame.flags.add("END_STREAM")
        return frame

    @staticmethod
    def data(stream, content, ends=False):
        frame = DataFrame(stream, data=content)
        if ends:
            frame.flags.add("END_STREAM")
        return frame

    def read_frame(self):
        """The next frame; None at the end of the connection."""
        try:
            while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3]):
                piece = self.socket.recv(1 << 16)
                if not piece:
                    return None
                self.buffer += piece
        except ConnectionResetError:
            return None
        length = int.from_bytes(self.buffer[:3])
        frame, _ = Frame.parse_frame_header(memoryview(self.buffer[:9]))
        frame.parse_body(memoryview(self.buffer[9 : 9 + length]))
        self.buffer = self.buffer[9 + length :]
        if isinstance(frame, HeadersFrame):
            frame.fields = [(str(name), str(value)) for name, value in self.decoder.decode(frame.data)]
        if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
            self.try_send(SettingsFrame(flags=["ACK"]))
        return frame

    def frames(self):
        while (frame := self.read_frame()) is not None:
            yield frame

    def find(self, kind, stream=None):
        """The next frame of that kind; None where the connection ends before."""
        for frame in self.frames():
            if isinstance(frame, kind) and stream in (None, frame.stream_id):
                return frame
        return None

    def response(self, stream):
        """Fields and body of a stream's response, or the code of its reset."""
        fields, body = None, b""
        for frame in self.frames():
            if frame.stream_id != stream:
                continue
            if isinstance(frame, RstStreamFrame):
                return frame.error_code, body
            if isinstance(frame, HeadersFrame):
                fields = dict(frame.fields)
            if isinstance(frame, DataFrame):
                body += frame.data
                self.try_send(
                    *[WindowUpdateFrame(stream_id, window_increment=len(frame.data)) for stream_id in (0, stream)]
                    if frame.data
                    else []
                )
            if "END_STREAM" in frame.flags:
                return fields, body
        return None, body

    def status(self, stream):
        fields, _ = self.response(stream)
        return int(fields[":status"]) if isinstance(fields, dict) else fields

    def is_alive(self):
        """Whether a PING is answered."""
        mark = struct.pack(">Q", 42)
        if not self.try_send(PingFrame(opaque_data=mark)):
            return False
        for frame in self.frames():
            if isinstance(frame, PingFrame) and "ACK" in frame.flags and frame.opaque_data == mark:
                return True
        return False

    def end(self):
        """The code of the GOAWAY that comes before the connection's end; None without one."""
        codes = [frame.error_code for frame in self.frames() if isinstance(frame, GoAwayFrame)]
        return codes[-1] if codes else None
