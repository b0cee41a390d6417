"""The checkout's own PostgreSQL: started by the first process that needs it, stopped by the last."""

import atexit
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql

from poverty.cluster import Cluster

DATABASE = "poverty"
OWNER = "poverty_owner"
APPLICATION = "poverty_app"
_SMALL_SHARED_MEMORY = 1 << 30


class EmbeddedServer:
    """PostgreSQL in `<data folder>/postgres`, with the database and its two roles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = Cluster(folder, options=server_options())
        self.created = False
        self._users: IO[str] | None = None

    @property
    def application_url(self) -> str:
        return self.cluster.url(APPLICATION, DATABASE)

    @property
    def owner_url(self) -> str:
        return self.cluster.url(OWNER, DATABASE)

    def join(self) -> None:
        """Start the server unless it runs, and count this process among its users."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            self.cluster.start()
            self._make_database()
            self._users = (self.folder / "postgres.users").open("a")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def use(self) -> None:
        """Join until this process ends."""
        self.join()
        atexit.register(self.leave)

    def leave(self) -> None:
        """Stop the server when this process was the last that used it."""
        if self._users is None:
            return
        with self._alone():
            self._users.close()
            self._users = None
            with (self.folder / "postgres.users").open("a") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self.cluster.stop()

    def revive(self) -> bool:
        """Start the server again when it died; True when it had."""
        if self.cluster.pid() is not None:
            return False
        with self._alone():
            self.cluster.start()
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops the server; the system ends the lock with it."""
        with (self.folder / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_database(self) -> None:
        connection = self.cluster.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone():
                    return
                make_roles(cursor)
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
                close_database(cursor, DATABASE)
        finally:
            connection.close()
        self.created = True


def make_roles(cursor: Any) -> None:
    """The owner of the tables and the application that may own nothing (both without superuser)."""
    for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                    sql.Identifier(role), sql.SQL(rights)
                )
            )
    cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APPLICATION), sql.Identifier(OWNER)))


def close_database(cursor: Any, database: str) -> None:
    """Only the two roles may enter; the application may make temporary tables."""
    name, application = sql.Identifier(database), sql.Identifier(APPLICATION)
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, application))


def server_options() -> dict[str, str]:
    options = {
        "shared_buffers": "256MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "max_connections": "100",
    }
    shared = Path("/dev/shm")  # noqa: S108 - only its size is asked
    if not shared.exists() or shutil.disk_usage(shared).total < _SMALL_SHARED_MEMORY:
        # A container often gives 64 MB here, too little for parallel queries.
        options["dynamic_shared_memory_type"] = "mmap"
    return options
