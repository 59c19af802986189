"""The server as tests use it: HTTP on loopback, and a thread that hands tasks out as their queues let it."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import requests

from tests.tasks_server.delivery import body_of, deadline_of, headers_of
from tests.tasks_server.queue import Attempt, Queue, Task
from tests.tasks_server.service import Service

QUEUE = "projects/tests/locations/southamerica-east1/queues/%s"


class TasksServer:
    """``with TasksServer() as tasks:`` answers at ``tasks.url``; ``tasks.queue("sync", …)`` makes a queue."""

    def __init__(self, *, at_once: int = 8) -> None:
        self.service = Service(time.time)
        self.service.changed = self._wake
        self._at_once = at_once
        self._awake = threading.Event()
        self._stopping = False
        self._http = _HttpServer(self.service)
        self._serving = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True, name="tasks")
        self._dispatching = threading.Thread(target=self._dispatch, daemon=True, name="dispatch")
        self._workers = ThreadPoolExecutor(at_once)

    def __enter__(self) -> TasksServer:
        self._serving.start()
        self._dispatching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._wake()
        self._dispatching.join()
        self._http.shutdown()
        self._http.server_close()
        self._workers.shutdown(wait=False, cancel_futures=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def queue(self, name: str = "sync", **message: Any) -> Queue:
        """A queue; ``rateLimits`` and ``retryConfig`` as the API has them."""
        return self.service.add_queue({"name": QUEUE % name, **message})

    def wait_until_empty(self, seconds: float = 60.0) -> None:
        """Until every task is done or given up; AssertionError after ``seconds``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.service.lock:
                if not any(queue.tasks for queue in self.service.queues.values()):
                    return
            time.sleep(0.02)
        raise AssertionError([task.message for queue in self.service.queues.values() for task in queue.tasks.values()])

    def _wake(self) -> None:
        self._awake.set()

    def _dispatch(self) -> None:
        while not self._stopping:
            self._awake.clear()
            with self.service.lock:
                now = time.time()
                waits = []
                for queue in self.service.queues.values():
                    while (task := queue.next_task(now)) is not None:
                        self._workers.submit(self._attempt, queue, task)
                    waits.append(queue.wakes_at(now))
            moments = [moment for moment in waits if moment is not None]
            self._awake.wait(max(0.001, min(moments) - now) if moments else None)

    def _attempt(self, queue: Queue, task: Task) -> None:
        began = time.time()
        headers, status, after = headers_of(queue, task, began), 0, None
        url = task.message["httpRequest"]["url"]
        try:
            answer = requests.post(url, data=body_of(task), headers=headers, timeout=deadline_of(task))
            status, after = answer.status_code, answer.headers.get("Retry-After")
        except requests.RequestException:
            pass
        told = Attempt(
            task=task.name, number=task.dispatched, at=began, ended=time.time(), status=status, headers=headers
        )  # fmt: skip
        with self.service.lock:
            queue.answered(task, told, float(after) if after else None)
        self._wake()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, service: Service) -> None:
        self.service = service
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HttpServer
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {key.lower(): value for key, value in self.headers.items()}
        status, body = self.server.service.answer(self.command, self.path.partition("?")[0], headers, content)
        told = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        self.wfile.flush()

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815  (the base class's names)

    def log_message(self, *_: object) -> None:
        """The attempts are the log."""
