"""A process of its own that guesses a password with many connections at once.

`python -m tests.accounts.guessing NAME THREADS GUESSES` says "ready", waits for a line, guesses.
"""

import sys
import threading

import django


def guess(name: str, times: int, start: threading.Barrier) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.test import RequestFactory

    from accounts.signing_in import sign_in

    connection.ensure_connection()
    start.wait()
    for number in range(times):
        request = RequestFactory().post("/sign-in/")
        request.user, request.session, request.resolver_match = AnonymousUser(), SessionStore(), None
        sign_in(request, name, f"guess {number}")
    connection.close()


def main(name: str, threads: int, times: int) -> None:
    django.setup()
    start = threading.Barrier(threads + 1)
    guessers = [threading.Thread(target=guess, args=(name, times, start)) for _n in range(threads)]
    for guesser in guessers:
        guesser.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start.wait()
    for guesser in guessers:
        guesser.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
