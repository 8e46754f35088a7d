"""The worker: takes jobs from the queue until it is told to stop; what was left in the middle goes back.

Every job is safe to kill and to do again, so there is one way out of trouble: put the job back and end. `jangkau serve`
starts another worker.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from procrastinate import JobContext
    from procrastinate.worker import Worker

GRACE = 10.0
"""Seconds that a job has to end by itself when the worker is told to stop."""
BEAT, LOST = 5.0, 20.0
"""Seconds between signs of life, and without one until a worker counts as gone."""
TEMPORARY = 75
"""Exit code of a worker that asks to be started again (EX_TEMPFAIL)."""
log = logging.getLogger(__name__)


class Watch:
    """What this worker is doing, and a thread that gives back what nobody does."""

    def __init__(self) -> None:
        self.worker: int | None = None
        self.job: int | None = None
        self._strays: set[int] = set()

    def begin(self) -> None:
        threading.Thread(target=self._look_for_ever, daemon=True).start()

    def wrapped(self, call: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        """Do a job. When the database was lost under it, put it back and end; when it fails for good, say so where
        people see it."""
        from django.db import InterfaceError, OperationalError, close_old_connections
        from procrastinate.exceptions import JobAborted

        from jangkau.platform import queue

        close_old_connections()  # one that the database ended is not used again
        self.worker, self.job = worker.worker_id, context.job.id
        try:
            return call()
        except (OperationalError, InterfaceError) as error:
            log.warning("the job %s is put back: %s", context.job.task_name, type(error).__name__)
            self.leave(code=TEMPORARY, counts=True)
        except JobAborted:
            raise
        except Exception:
            if context.task is not None and context.task.retry_strategy is None:
                queue.give_up(task=context.job.task_name, arguments=context.job.task_kwargs)
            raise
        finally:
            self.job = None

    def leave(self, *, code: int, counts: bool) -> NoReturn:
        """Put back what is being done, and end at once. ``counts``: it is a try of the job."""
        from jangkau.platform import queue

        try:
            if self.worker is not None:
                queue.put_back(worker=self.worker, counts=counts)
        except Exception as error:  # then it is taken back once our signs of life are old
            log.warning("a job is not put back: %s", type(error).__name__)
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _look_for_ever(self) -> None:
        from jangkau.platform import queue

        heard = time.monotonic()
        while True:
            time.sleep(BEAT)
            try:
                queue.take_back(lost=LOST)
                mine = self.worker
                if mine is None:
                    continue
                alive, jobs = queue.seen(worker=mine, lost=LOST)
                # fetched a moment ago, or ended while the database was away: then they are still there next time
                strays = jobs - {self.job}
                queue.take_back_these(jobs=strays & self._strays)
                self._strays = strays
                if alive:
                    heard = time.monotonic()
            except Exception as error:
                log.warning("jobs are not looked after: %s", type(error).__name__)
            if self.worker is not None and time.monotonic() - heard > LOST:
                log.warning("the worker has lost its database and ends")
                os._exit(TEMPORARY)


async def work(*, watch: Watch) -> None:
    """Take jobs until SIGTERM or SIGINT."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)  # noqa: S101 - the web's; a worker needs one with a loop of its own
    with app.replace_connector(connector.get_worker_connector()) as working:
        async with working.open_async():
            doing = asyncio.create_task(
                working.run_worker_async(
                    concurrency=1, wait=True, shutdown_graceful_timeout=GRACE, listen_notify=True,
                    fetch_job_polling_interval=2, install_signal_handlers=False, task_middleware=[watch.wrapped],
                    update_heartbeat_interval=BEAT, stalled_worker_timeout=LOST,
                )
            )  # fmt: skip
            loop = asyncio.get_running_loop()
            asked = False

            def stop() -> None:
                nonlocal asked
                if not asked:
                    asked = True
                    doing.cancel()
                    loop.call_later(GRACE + 1, lambda: watch.leave(code=0, counts=False))

            for one in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(one, stop)
            try:
                await doing
            except asyncio.CancelledError:
                if not asked:
                    raise
                return
    if not asked:
        raise RuntimeError("the worker ended by itself")


def main() -> int:
    """Run until told to stop; 0. TEMPORARY when the database went away."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jangkau.platform.settings")
    django.setup()
    from jangkau.platform import queue

    watch = Watch()
    try:
        queue.take_back(lost=LOST)
        watch.begin()
        asyncio.run(work(watch=watch))
    except Exception as error:
        log.warning("the worker ends: %s", type(error).__name__)
        watch.leave(code=TEMPORARY, counts=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
