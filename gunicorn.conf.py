"""Settings of the web server, read from the working directory by `gunicorn app:app`."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"

# Two processes, so that two searches run at once; threads, so that a slow reader or an idle kept-alive connection
# holds up nobody.
workers = 2
worker_class = "gthread"
threads = 4
preload_app = False  # each worker opens the index for itself

timeout = 30
graceful_timeout = 10
keepalive = 5

limit_request_line = 8190  # web.addresses counts on it; longer is a 414

accesslog = None  # what was read here is the readers' business; `--access-logfile -` where it is wanted
errorlog = "-"
control_socket_disable = True  # nothing here is steered at run time, and its socket would lie in the home folder
