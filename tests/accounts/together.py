"""A process of its own in which many connections do the same thing at once.

`python -m tests.accounts.together WHAT USER THREADS TIMES ARGUMENT` says "ready", waits for a line,
then prints how often it succeeded. WHAT: `use` claims a reveal of ARGUMENT an hour, `code` offers
the code ARGUMENT.
"""

import sys
import threading
from collections.abc import Callable

import django


def deed(what: str, user_pk: int, argument: str) -> Callable[[], bool]:
    from accounts import second_factor
    from accounts.hourly import claim_use
    from accounts.models import HourlyUse, User

    user = User.objects.get(pk=user_pk)
    if what == "use":
        return lambda: claim_use(user, HourlyUse.Kind.REVEAL, int(argument)) is not None
    return lambda: second_factor.accepts(user, argument)


def main(what: str, user_pk: int, threads: int, times: int, argument: str) -> None:
    django.setup()
    start, done = threading.Barrier(threads + 1), []

    def work() -> None:
        from django.db import connection

        do = deed(what, user_pk, argument)
        start.wait()
        done.extend(do() for _time in range(times))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(threads)]
    for worker in workers:
        worker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start.wait()
    for worker in workers:
        worker.join()
    assert len(done) == threads * times
    sys.stdout.write(f"{sum(done)}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
