"""The worker: takes jobs from the queue until it is told to stop; what was left in the middle goes back."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Run until SIGTERM or SIGINT; 0."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jangkau.platform.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from jangkau.platform import queue

    queue.take_back()
    connector = app.connector
    assert isinstance(connector, DjangoConnector)  # noqa: S101 - the web's; a worker needs one with a loop of its own
    with app.replace_connector(connector.get_worker_connector()) as working:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        working.run_worker(
            concurrency=1, wait=True, shutdown_graceful_timeout=25, listen_notify=True, fetch_job_polling_interval=2
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
