"""The checkout's own PostgreSQL: as root, as somebody, after every kind of end."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from poverty.cluster import Cluster, ClusterError, machine_binaries
from poverty.embedded import APPLICATION, DATABASE, OWNER, EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent.parent
# Debian's `daemon`: an account like any other, without rights.
ORDINARY = 1

only_root = pytest.mark.skipif(os.getuid() != 0, reason="an ordinary user has no other user to be")


@pytest.fixture
def server(tmp_path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(tmp_path / "data")
    yield made
    made.leave()
    made.cluster.remove()


def ask(server: EmbeddedServer, role: str, question: str) -> object:
    connection = server.cluster.connect(DATABASE, role)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_it_is_postgresql_18_in_utf_8_for_both_roles(server):
    server.join()

    assert str(ask(server, APPLICATION, "SHOW server_version")).startswith("18.")
    assert (
        ask(server, OWNER, "SELECT datcollate FROM pg_database WHERE datname = current_database()")
        == "C.UTF-8"
    )
    assert ask(server, APPLICATION, "SHOW server_encoding") == "UTF8"
    assert ask(server, OWNER, "SHOW listen_addresses") == ""


def test_the_application_may_not_make_tables_and_neither_role_is_a_superuser(server):
    server.join()

    for role in (APPLICATION, OWNER):
        assert ask(server, role, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(server, APPLICATION, "CREATE TABLE gone (id int); SELECT 1")


def test_the_last_one_to_leave_stops_it_and_the_data_stays(server):
    other = EmbeddedServer(server.folder)
    server.join()
    other.join()
    ask(server, OWNER, "CREATE TABLE kept (id int); SELECT 1")

    server.leave()
    assert other.cluster.answers()
    other.leave()
    assert other.cluster.pid() is None

    server.join()
    assert ask(server, OWNER, "SELECT count(*) FROM kept") == 0
    assert (server.created, other.created) == (False, False) or server.created


def test_a_killed_server_is_started_again(server):
    server.join()
    os.kill(server.cluster.pid(), signal.SIGKILL)
    while server.cluster.pid() is not None:
        time.sleep(0.01)

    assert server.revive() is True
    assert ask(server, OWNER, "SELECT 1") == 1
    assert server.revive() is False


def test_a_pid_file_that_names_somebody_else_does_not_stop_the_start(server):
    server.join()
    server.leave()
    (server.cluster.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.cluster.data}\n0\n5432\n\n\n\n"
    )

    server.join()

    assert ask(server, OWNER, "SELECT 1") == 1


def test_it_closes_its_folders_and_opens_nobody_elses(server, tmp_path):
    before = {place: stat.S_IMODE(place.stat().st_mode) for place in (tmp_path, *tmp_path.parents)}
    server.join()

    assert {place: stat.S_IMODE(place.stat().st_mode) for place in before} == before
    for place in (server.folder, server.cluster.data, server.cluster.sockets):
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0, place
    assert len(str(server.cluster.sockets)) < 60


@only_root
def test_a_socket_folder_of_somebody_else_is_refused(server):
    server.cluster.sockets.mkdir(mode=0o777)
    os.chown(server.cluster.sockets, ORDINARY, ORDINARY)

    with pytest.raises(ClusterError, match="belongs to somebody else"):
        server.cluster.start()


@only_root
def test_root_without_the_right_to_hand_on_uses_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(Cluster, "_may_enter_closed_folders", lambda self: False)
    server = EmbeddedServer(tmp_path / "data")
    try:
        server.join()
        assert server.cluster.data.is_relative_to("/var/lib")
        assert ask(server, OWNER, "SELECT 1") == 1
    finally:
        server.leave()
        server.cluster.remove()
    assert not server.cluster.home.exists()


@only_root
def test_an_ordinary_user_starts_it_too(tmp_path):
    program = (
        "import sys; from pathlib import Path; from poverty.embedded import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1])); server.join()\n"
        "server.cluster.connect('poverty', 'poverty_app').close(); server.leave(); server.cluster.remove()\n"
        "print('held')"
    )
    folder = tmp_path.parent / f"{tmp_path.name}-of-somebody"
    folder.mkdir()
    os.chown(folder, ORDINARY, ORDINARY)
    somebody = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", *_may_read()]
    done = subprocess.run(
        [*somebody, sys.executable, "-c", program, str(folder / "data")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "held", done.stderr


def _may_read() -> list[str]:
    """Test folders and this Python may be closed to others: read rights, nothing more."""
    return ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def test_a_server_found_on_the_machine_serves_as_well(tmp_path):
    cluster = Cluster(tmp_path / "old", binaries=machine_binaries(15))
    try:
        cluster.start()
        connection = cluster.connect()
        assert connection.server_version // 10_000 == 15
        connection.close()
    finally:
        cluster.remove()


def test_data_of_another_version_are_named(server):
    server.join()
    server.leave()
    (server.cluster.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(ClusterError, match="PostgreSQL 15"):
        server.cluster.start()

    (server.cluster.data / "PG_VERSION").write_text("18\n")
