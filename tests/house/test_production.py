"""The production shape: both files are sound, and their start commands work, or refuse to."""

import base64
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from poverty.cluster import Cluster
from poverty.embedded import APPLICATION, DATABASE, OWNER, EmbeddedServer
from tests.serving import free_port, process

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
HOST = "poverty.example.org"
PATIENCE = 60.0


def compose() -> dict:
    return YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_compose_file_follows_its_schema():
    words = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_dockerfile_is_sound():
    done = subprocess.run(
        [BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_every_service_has_a_health_check_and_no_secret_stands_in_the_file():
    services = compose()

    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}
    assert "noeviction" in services["redis"]["command"]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(("PASSWORD", "KEY", "KEYS")):
                assert value.startswith("${"), name


def test_the_programs_run_without_root_and_without_writing_into_the_image():
    assert "\nUSER 10001:10001\n" in (ROOT / "Dockerfile").read_text()
    for name in ("migrate", "web", "worker", "beat"):
        service = compose()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


@dataclass
class Production:
    """An installation on servers of its own, with the environment of the compose file."""

    folder: Path
    cluster: Cluster
    environment: dict[str, str]
    port: int

    def words(self, service: str) -> list[str]:
        """The command of the compose file, on a free port."""
        command: list[str] = compose()[service]["command"]
        return [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in command]

    def run(self, words: list[str], **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            words,
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Host": HOST, **headers}
        )
        opener = urllib.request.build_opener(_Stay())
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", "")
        except (urllib.error.URLError, OSError):
            return 0, ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments, **_named):
        return None


def key(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


@pytest.fixture(scope="module")
def production(tmp_path_factory) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    server = EmbeddedServer(folder / "database")
    server.join()
    socket = folder / "redis.sock"
    redis = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--maxmemory-policy", "noeviction"]
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PRODUCTION": "1",
        "BEHIND_PROXY": "1",
        "SECRET_KEY": "kept-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
        "FIELD_KEYS": f"one:{key(b'f')}",
        "HASH_KEYS": f"one:{key(b'h')}",
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "DATABASE_URL": server.application_url,
        "REDIS_URL": f"redis+socket://{socket}",
        "DATA_DIR": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "WEB_WORKERS": "1",
    }
    running = subprocess.Popen([*redis, "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL)
    made = Production(folder, server.cluster, environment, free_port())
    try:
        assert (
            made.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"]).returncode == 0
        )
        done = made.run(made.words("migrate"), DATABASE_OWNER_URL=server.owner_url)
        assert done.returncode == 0, done.stdout + done.stderr
        yield made
    finally:
        running.terminate()
        running.wait()
        server.leave()
        server.cluster.remove()


@pytest.mark.slow
@pytest.mark.redis
def test_the_start_commands_of_the_compose_file_bring_it_up(production, tmp_path):
    with (
        process_of(production, "worker", tmp_path / "worker.log"),
        process_of(production, "beat", tmp_path / "beat.log"),
        process_of(production, "web", tmp_path / "web.log"),
    ):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and production.ask("/readyz")[0] != 200:
            time.sleep(0.2)
        said = "\n".join((tmp_path / f"{name}.log").read_text()[-1500:] for name in ("web", "worker", "beat"))
        assert production.ask("/readyz")[0] == 200, said
        healthy = production.run([sys.executable, "deploy/healthy.py"], PORT=str(production.port))
        assert healthy.returncode == 0, healthy.stderr
        assert production.ask("/accounts/sign-in/")[1].startswith(f"https://{HOST}/")
        secure = {"X-Forwarded-Proto": "https"}
        assert production.ask("/", **secure)[0] == 302
        assert production.ask("/healthz", Host="somebody.example.net")[0] == 400


REFUSALS = [
    ({"DEBUG": "1"}, "core.E001"),
    ({"SECRET_KEY": "short"}, "core.E002"),
    ({"ALLOWED_HOSTS": "*"}, "core.E003"),
    ({"FIELD_KEYS": ""}, "core.E004"),
    ({"REDIS_URL": ""}, "core.E008"),
    ({"HASH_KEYS": f"one:{key(b'f')}"}, "core.E006"),
]


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.parametrize(("change", "reason"), REFUSALS, ids=[reason for _change, reason in REFUSALS])
def test_an_unsafe_web_server_does_not_start(production, change, reason):
    done = production.run([sys.executable, "-c", "import poverty.wsgi"], **change)

    assert done.returncode != 0
    assert reason in done.stderr


@pytest.mark.slow
@pytest.mark.redis
def test_the_owner_of_the_tables_and_a_wrong_key_are_refused(production):
    owner = production.cluster.url(OWNER, DATABASE)
    as_owner = production.run([sys.executable, "-c", "import poverty.wsgi"], DATABASE_URL=owner)
    safe = production.run([sys.executable, "-c", "import poverty.wsgi"])

    assert "core.E010" in as_owner.stderr
    assert safe.returncode == 0, safe.stderr


@pytest.mark.slow
@pytest.mark.redis
def test_a_worker_refuses_a_redis_that_throws_jobs_away(production, tmp_path):
    socket = tmp_path / "evicting.sock"
    words = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--maxmemory-policy", "allkeys-lru"]
    evicting = subprocess.Popen([*words, "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    try:
        done = production.run(production.words("worker"), REDIS_URL=f"redis+socket://{socket}")
    finally:
        evicting.terminate()
        evicting.wait()

    assert done.returncode != 0
    assert "core.E012" in done.stderr + done.stdout


@pytest.mark.slow
@pytest.mark.redis
def test_a_demonstration_is_refused(production):
    connection = production.cluster.connect(DATABASE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_installation SET demonstration = true")
    try:
        done = production.run([sys.executable, "-c", "import poverty.wsgi"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_installation SET demonstration = false")
        connection.close()

    assert "core.E011" in done.stderr


def test_the_two_roles_of_the_container_are_those_of_the_embedded_server():
    script = (ROOT / "deploy" / "database" / "10-roles.sh").read_text()

    assert f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER" in script
    assert f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER" in script


def process_of(production: Production, service: str, log: Path):
    words = production.words(service)
    if "/tmp/timetable" in words:
        words[words.index("/tmp/timetable")] = str(log.with_suffix(".schedule"))
    assert shutil.which(words[0], path=str(BIN)), words[0]
    return process(words, production.environment, log)
