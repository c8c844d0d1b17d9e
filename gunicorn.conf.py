"""How `gunicorn app:app` runs; read from the working directory. What an operator may set stands in web/settings.py."""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # `gunicorn -c` from elsewhere

from web.settings import BadSettings, settings

try:
    chosen = settings()
except BadSettings as error:
    sys.exit(f"Dateline cannot start: {error}. docs/settings.md has all settings.")

bind = f"{chosen.listen_host}:{chosen.port}"

# Processes, so that two searches run at once; threads, so that an answer that is being made holds up nobody. Slow
# clients hold no thread.
workers = chosen.workers
threads = chosen.threads
worker_class = "web.worker.PatientWorker"
worker_connections = 512  # of each process, kept or waiting; with two of them, as many files as most systems allow
preload_app = False  # each worker opens the index for itself

timeout = 30  # seconds without a sign of life, after which a worker is killed
graceful_timeout = 10  # seconds in which a worker that is told to stop answers what it has begun
keepalive = 5
# Memory that something leaks is given back; not by all workers at once.
max_requests = 50_000
max_requests_jitter = 10_000
shared_memory = "/dev/shm"  # noqa: S108  # where the signs of life of workers wait for no disk
worker_tmp_dir = shared_memory if os.access(shared_memory, os.W_OK) else None

limit_request_line = 8190  # web.addresses counts on it; longer is a 414
limit_request_fields = 64
limit_request_field_size = 8190

accesslog = None  # web/log.py writes its own line
logger_class = "web.log.GunicornLogger"
loglevel = chosen.log_level
control_socket_disable = True  # nothing here is steered at run time, and its socket would lie in the home folder


if chosen.metrics:
    from web.slots import Slots

    slots = Slots()

    def on_starting(_server: Any) -> None:
        slots.open()

    def pre_fork(_server: Any, worker: Any) -> None:
        slots.take(worker.age)

    def child_exit(_server: Any, worker: Any) -> None:
        slots.give_back(worker.age)

    def on_exit(_server: Any) -> None:
        slots.close()
