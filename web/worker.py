"""The worker in which gunicorn runs the app: threads, of which slow clients hold none.

gunicorn's own threaded worker gives a connection to a thread with its first byte, and the thread then waits for the
rest: as many slow clients as there are threads keep everybody else out. Its event loop waits too, for two seconds,
until a client closes a connection that is done with, and nobody is let in meanwhile. Here the event loop gathers the
head of a request, and a thread gets the connection once the head is whole; it watches for the closing of connections
beside all else. (Slowloris; RFC 9112 section 9.6.)

What is overridden are no promised interfaces of gunicorn: its version is pinned, and tests hold a server to all this.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.errors import ConfigError
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 10.0  # for the head of a request to arrive, from the connection on
SEND_SECONDS = 30.0  # for a client to take a chunk of an answer
LINGER_SECONDS = 2.0  # for a client to close what was answered
MAX_HEAD = 32 * 1024  # bytes; gunicorn refuses sooner what has one line too long
SEND_BUFFER = 512 * 1024  # bytes that the system keeps of an answer: any page, so that no thread waits for its reader

_CHUNK = 8 * 1024
_END = b"\r\n\r\n"

_Deadline = tuple[float, TConn]


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: dict[TConn, bytearray] = {}  # what has come so far, in the order of their deadlines
        self._lingering: deque[_Deadline] = deque()

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ConfigError("TLS is left to the proxy before Dateline; take --certfile and --keyfile out")

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another worker was faster, or the client left
            return
        self.nr_conns += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._await_head(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_head(conn)

    def _await_head(self, conn: TConn, begun: bytes = b"") -> None:
        """begun: what came of it behind the request before"""
        conn.timeout = time.monotonic() + self.head_seconds
        self._heads[conn] = bytearray()
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
        if begun:
            self._gather(conn, begun)
        else:
            self.on_pending_socket_readable(conn, conn.sock)  # most heads are there already

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        try:
            data = client.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._gather(conn, data)
        else:
            self._give_up(conn)

    def _gather(self, conn: TConn, data: bytes) -> None:
        head = self._heads[conn]
        head += data
        if head.find(_END, max(0, len(head) - len(data) - len(_END))) >= 0:
            self._hand_over(conn)
        elif len(head) > MAX_HEAD:
            self._refuse(conn)

    def _hand_over(self, conn: TConn) -> None:
        head = self._stop_awaiting(conn)
        conn.init()
        conn.data_ready = True
        conn.parser.unreader.unread(head)
        self.enqueue_req(conn)

    def _refuse(self, conn: TConn) -> None:
        if self._heads[conn].find(b"\r\n") < 0:
            self._hand_over(conn)  # its line is too long: gunicorn says so without reading on
            return
        self._stop_awaiting(conn)
        self.handle_error(None, conn.sock, conn.client, LimitRequestHeaders("limit request headers fields size"))
        self.nr_conns -= 1
        self._linger(conn)

    def _stop_awaiting(self, conn: TConn) -> bytes:
        self.poller.unregister(conn.sock)
        return bytes(self._heads.pop(conn))

    def _give_up(self, conn: TConn) -> None:
        self._stop_awaiting(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Closes what is late; called after all events."""
        now = time.monotonic()
        while self._heads and (first := next(iter(self._heads))).timeout <= now:
            self._give_up(first)
        while self._lingering and self._lingering[0][0] <= now:
            self._part_with(self._lingering[0])

    def _cap_keepalive(self, deadline: float) -> None:
        """At shutdown, a head that is on its way has no longer than a kept connection."""
        super()._cap_keepalive(deadline)
        for conn in self._heads:
            conn.timeout = min(conn.timeout, deadline)

    def handle_request(self, req: Request, conn: TConn) -> Any:
        """In a thread. Nothing here takes a body: one that is announced is not waited for, and ends the connection."""
        conn.sock.settimeout(SEND_SECONDS)
        if any(
            name == "TRANSFER-ENCODING" or (name == "CONTENT-LENGTH" and value != "0") for name, value in req.headers
        ):
            req.force_close()
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.info("A client took too long to read an answer; its connection was closed.")
            return False

    def finish_request(self, conn: TConn, future: Future[Any]) -> None:
        if future.cancelled() or future.exception():
            super().finish_request(conn, future)
        elif not future.result():
            self.nr_conns -= 1
            self._linger(conn)
        elif begun := conn.parser.unreader.take_buffered():
            conn.sock.setblocking(False)
            self._await_head(conn, begun)
        else:
            super().finish_request(conn, future)

    def _linger(self, conn: TConn) -> None:
        """Waits until the client has closed, or an answer that is still on its way would be torn off."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        lingering = (time.monotonic() + LINGER_SECONDS, conn)
        self._lingering.append(lingering)
        self.poller.register(conn.sock, selectors.EVENT_READ, lambda client: self._drain(lingering, client))

    def _drain(self, lingering: _Deadline, client: socket.socket) -> None:
        try:
            if client.recv(_CHUNK):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._part_with(lingering)

    def _part_with(self, lingering: _Deadline) -> None:
        conn = lingering[1]
        self._lingering.remove(lingering)
        self.poller.unregister(conn.sock)
        conn.close()
