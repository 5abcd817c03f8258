"""An HTTP/2 origin behind TLS, stream by stream, for what servers do to connections that lie idle."""

import socket
import ssl
import threading
from contextlib import suppress

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset

from peers.waiting import eventually


class HTTP2Origin:
    """Echoes every request's body, or says `hello`; `behave(connection, number)` may do something else with the
    `number`th request of the `index`th connection, and then returns True.

    `calls` are the requests that were answered: connection, method, path and body."""

    def __init__(self, certificate, key, behave=lambda connection, stream, number: False):
        self.behave = behave
        self.calls, self.seen = [], []
        self.connections = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["h2"])
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
                accepted.settimeout(60)
                secured = self.context.wrap_socket(accepted, server_side=True)
            except OSError:
                if self.listener.fileno() < 0:
                    return
                continue
            connection = OriginConnection(self, secured, len(self.connections))
            self.connections.append(connection)
            self.threads.append(threading.Thread(target=connection.serve))
            self.threads[-1].start()

    def stop(self):
        listener, self.listener = self.listener, socket.socket()
        self.listener.close()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in self.connections:
            connection.close()
        for thread in self.threads:
            thread.join()


class OriginConnection:
    """One connection; all that is sent on it goes through here."""

    def __init__(self, origin, secured, index):
        self.origin, self.socket, self.index = origin, secured, index
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.lock = threading.Lock()
        self.requests = {}
        self.count = 0
        self.is_over = False

    def serve(self):
        self.h2.initiate_connection()
        self.flush()
        with suppress(OSError):
            while data := self.socket.recv(1 << 16):
                with self.lock:
                    events = self.h2.receive_data(data)
                for event in events:
                    self.handle(event)
                self.flush()
        self.is_over = True
        self.close()

    def handle(self, event):
        if isinstance(event, RequestReceived):
            self.count += 1
            fields = dict(event.headers)
            self.requests[event.stream_id] = (fields[":method"], fields[":path"], bytearray(), self.count)
            self.origin.seen.append((self.index, fields[":method"], fields[":path"]))
            if self.origin.behave(self, event.stream_id, self.count):
                self.requests.pop(event.stream_id, None)
        elif isinstance(event, DataReceived):
            if event.stream_id in self.requests:
                self.requests[event.stream_id][2].extend(event.data)
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self.answer(event.stream_id)
        elif isinstance(event, StreamReset):
            self.requests.pop(event.stream_id, None)

    def answer(self, stream):
        if stream not in self.requests:
            return
        method, path, body, _ = self.requests.pop(stream)
        self.origin.calls.append((self.index, method, path, bytes(body)))
        with self.lock:
            self.h2.send_headers(stream, [(":status", "200"), ("content-type", "text/plain")])
            content = bytes(body) or b"hello"
            for start in range(0, len(content), self.h2.max_outbound_frame_size):
                self.h2.send_data(stream, content[start : start + self.h2.max_outbound_frame_size])
            self.h2.end_stream(stream)
        self.flush()

    def flush(self):
        with self.lock:
            data = self.h2.data_to_send()
        if data:
            with suppress(OSError):
                self.socket.sendall(data)

    def refuse(self, stream):
        """This stream alone was not processed (RFC 9113 section 8.7)."""
        self.h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
        self.flush()

    def go_away(self, last):
        """No stream behind `last` is or will be processed (RFC 9113 section 6.8)."""
        with self.lock:
            self.h2.close_connection(last_stream_id=last)
        self.flush()

    def close(self):
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def wait_for_end(self):
        """Until the other side has closed the connection."""
        eventually(lambda: self.is_over, what="the connection's end")
