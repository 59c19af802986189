"""HTTP on loopback: threads, connections kept open, and the ways a connection can fail on purpose."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sheets_server.answer_check import WrongAnswer
from tests.sheets_server.errors import ApiError
from tests.sheets_server.faults import Kind
from tests.sheets_server.service import Answer, Service

LONGEST_SILENCE = 60.0


class HttpServer(ThreadingHTTPServer):
    """A thread for each connection, on 127.0.0.1 only."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, service: Service, port: int = 0) -> None:
        self.service = service
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)
        service.url = self.url

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no error of ours; anything else is told as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HttpServer
    disable_nagle_algorithm = True  # small answers in two writes would wait for an acknowledgement
    wbufsize = -1

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length) if length else b""
        headers = {key.lower(): value for key, value in self.headers.items()}
        try:
            answer = self.server.service.answer(self.command, self.path, headers, content)
        except WrongAnswer as wrong:
            error = ApiError(500, f"sheets_server was about to answer what Google cannot: {wrong}")
            answer = Answer(500, str(error.message).encode(), "text/plain")
        if answer.fault is None:
            self._send(answer)
        else:
            self._fail(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.content)))
        for key, value in answer.headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(answer.content)
        self.wfile.flush()

    def _fail(self, answer: Answer) -> None:
        assert answer.fault is not None
        if answer.fault.kind is Kind.GARBAGE:
            self._send(Answer(200, b"<!doctype html><title>Sorry</title>", "text/html; charset=UTF-8"))
            return
        self.close_connection = True
        if answer.fault.kind in (Kind.TIMEOUT, Kind.TIMEOUT_AFTER):
            self._stay_silent()
        else:
            self._cut()

    def _stay_silent(self) -> None:
        """Until the client gives up or the server stops."""
        waited = 0.0
        while waited < LONGEST_SILENCE and not self.server.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
            waited += 0.05

    def _cut(self) -> None:
        """A reset, as when a machine in between dies."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  (the base class's names)

    def log_message(self, *_: object) -> None:
        """The journal is the log."""

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()
