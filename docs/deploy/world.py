"""The processes that docs/deploy/exercise runs: PostgreSQL, servers, nginx, visitors."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "server" / "sample"
SECRET = "0123456789abcdef0123456789abcdef"
PAGES = [
    "/security-tab/openssl",
    "/security-tab/smallvec",
    "/security-tab/serde/badge",
    "/security-tab.css",
]
# A page that only `all_gone` requests.
LEFT_ALONE = "/security-tab/tokio"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait(what, check, seconds=60.0):
    """Waits until the check is true and returns how many seconds it took."""
    start = time.monotonic()
    while not check():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - start


def get(port, path, headers=None, seconds=15):
    """Returns the status, headers and body of a response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def status(port, path):
    """Returns the status of a response, or 0 if there is none."""
    try:
        return get(port, path)[0]
    except OSError:
        return 0


def equal(what, found, expect):
    if found != expect:
        raise AssertionError(f"{what}: {found!r}, not {expect!r}")


def fail(reason):
    raise AssertionError(reason)


def find(program):
    """Finds a program in PATH, /usr/sbin, or Debian's PostgreSQL folders."""
    folders = [
        *os.environ["PATH"].split(":"),
        "/usr/sbin",
        *map(str, Path("/usr/lib/postgresql").glob("*/bin")),
    ]
    return shutil.which(program, path=":".join(folders)) or sys.exit(f"{program} is not installed")


class Process:
    """A process with its log."""

    def __init__(self, log, command, **options):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, **options
            )

    def is_up(self):
        return self.process.poll() is None

    def stop(self, with_signal=signal.SIGTERM, seconds=30):
        if self.is_up():
            self.process.send_signal(with_signal)
        return self.process.wait(seconds)


class Server(Process):
    """A server of the service."""

    def __init__(self, world, name, database=None, binary=None, ports=None, **options):
        self.world, self.name = world, name
        self.again = {"database": database, **options}
        self.internal, self.tab = ports or (free_port(), free_port())
        environment = {
            **world.environment,
            "SECURITY_TAB_ADDR": f"127.0.0.1:{self.tab}",
            **({"DATABASE_URL": database} if database else {}),
            **({} if "SECURITY_GRAPHQL_URL" in options else world.sources),
            **(
                {}
                if "SECURITY_GRAPHQL_URL" in options
                else {"SECURITY_GRAPHQL_ADDR": f"127.0.0.1:{self.internal}"}
            ),
            **options,
        }
        super().__init__(
            world.folder / f"{name}.log",
            [binary or world.binary],
            env=environment,
            cwd=world.folder,
        )

    def started_again(self, binary=None):
        """Starts a new process with the same options."""
        return Server(
            self.world, self.name, binary=binary, ports=(self.internal, self.tab), **self.again
        )

    def is_ready(self):
        return status(self.internal, "/ready") == 200

    def wait_until_ready(self, seconds=60):
        """Waits until the server is ready, with the command that the container uses."""
        if not self.is_up():
            raise AssertionError(f"{self.name} has ended; see {self.log}")
        url = f"http://127.0.0.1:{self.internal}/ready"
        command = [self.world.binary, "health", url, "--wait", str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{self.name}: {done.stderr.strip()}; see {self.log}")
        return self

    def metric(self, name):
        text = get(self.internal, "/metrics", {"Authorization": f"Bearer {SECRET}"})[2].decode()
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else None


class Postgres:
    """A private PostgreSQL server. It does not run as root, so root starts it as another user."""

    def __init__(self, folder):
        self.folder, self.port = folder / "postgres", free_port()
        self.folder.mkdir()
        self.user = {"user": "nobody"} if os.getuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "nobody")
        self.run(
            "initdb",
            "--auth=trust",
            "--username=test",
            "--encoding=UTF8",
            "--no-sync",
            "-D",
            self.folder / "data",
        )
        self.start()

    def run(self, *command):
        done = subprocess.run(
            [find(command[0]), *command[1:]],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **self.user,
        )
        if done.returncode != 0:
            raise AssertionError(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        options = [
            "-D",
            self.folder / "data",
            "-k",
            self.folder,
            "-p",
            str(self.port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]
        self.process = Process(
            self.folder / "log", [find("postgres"), *options], cwd=self.folder, **self.user
        )
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "test"]
        ask = [find("psql"), *place, "-d", "postgres", "-c", "select 1"]
        wait("PostgreSQL", lambda: subprocess.run(ask, capture_output=True).returncode == 0)

    def kill(self):
        """Kills it and its child processes, like a power cut."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.process.pid)], capture_output=True, text=True
        ).stdout
        self.process.stop(signal.SIGKILL)
        for child in children.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        (self.folder / "data" / "postmaster.pid").unlink()

    def client(self, program, *arguments):
        return self.run(program, "-h", "127.0.0.1", "-p", str(self.port), "-U", "test", *arguments)

    def url(self, name):
        return f"postgres://test@127.0.0.1:{self.port}/{name}"

    def create(self, name):
        self.client("createdb", name)
        return self.url(name)


class Nginx(Process):
    """nginx with docs/deploy/nginx.conf, with other addresses and folders."""

    def __init__(self, folder, servers):
        self.port, self.folder = free_port(), folder / "nginx"
        self.folder.mkdir()
        text = (HERE / "nginx.conf").read_text()
        lines = "".join(
            f"    server 127.0.0.1:{port} max_fails=3 fail_timeout=2s;\n" for port in servers
        )
        for pattern, by in [
            (r"(?m)^(    server 10\.\S+ .*\n)+", lines),
            (r"/var/cache/nginx/security-tab", str(self.folder / "cache")),
            (r"/var/log/nginx/security-tab\.log", str(self.folder / "access.log")),
            (r"listen 80;", f"listen 127.0.0.1:{self.port};"),
        ]:
            text, count = re.subn(pattern, by, text)
            equal(f"places of {pattern} in nginx.conf", count, 1)
        (self.folder / "tab.conf").write_text(text)
        temporary = "".join(
            f"{of}_temp_path {self.folder}/{of};\n"
            for of in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log; worker_processes 2;\n"
            f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{temporary}include {self.folder}/tab.conf;\n}}\n"
        )
        program = [find("nginx"), "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"]
        test = subprocess.run([*program, "-t"], capture_output=True, text=True)
        equal(f"nginx -t: {test.stderr}", test.returncode, 0)
        super().__init__(self.folder / "out", program)
        wait("nginx", lambda: status(self.port, "/") != 0)

    def requests(self):
        """Returns the log entries."""
        return [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]

    def way(self, path):
        """Requests a page, and returns the cache status and the response."""
        id = f"way-{time.monotonic_ns()}"
        answer = get(self.port, path, {"X-Request-Id": id})
        # nginx logs a request after it has completed.
        of = lambda: [request for request in self.requests() if request["id"] == id]
        wait("the log of nginx", of)
        return of()[0]["cache"], answer

    def tried_again(self):
        """Returns how many requests were retried with another server."""
        return sum("," in request["server"] for request in self.requests())


class Load:
    """Visitors that request pages until the block ends, both under plain addresses, which may be
    cached, and under unique addresses, which always reach a server."""

    def __init__(self, port, pages=None, visitors=4):
        self.port, self.pages = port, pages or PAGES
        self.count, self.failures, self.stale = 0, [], 0
        self.lock, self.done = threading.Lock(), threading.Event()
        self.threads = [
            threading.Thread(target=self.visit, args=(number,)) for number in range(visitors)
        ]

    def visit(self, number):
        turn = 0
        while not self.done.is_set():
            page = self.pages[turn % len(self.pages)]
            path = page if turn % 5 == 0 else f"{page}?visit={time.monotonic_ns()}.{number}"
            try:
                code, headers, _ = get(self.port, path)
            except (OSError, http.client.HTTPException) as error:
                code, headers = repr(error), {}
            with self.lock:
                self.count += 1
                self.stale += "x-security-stale" in headers
                if code != 200:
                    self.failures.append((path, code))
            turn += 1
            time.sleep(0.004)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()

    def result(self, least=50):
        if self.failures:
            raise AssertionError(
                f"{len(self.failures)} of {self.count} requests failed, such as {self.failures[0]}"
            )
        if self.count < least:
            raise AssertionError(f"only {self.count} requests")
        return f"{self.count} requests, none failed"


class World:
    """The shared set-up of the exercises: two servers with one PostgreSQL, behind nginx."""

    def __init__(self, options, folder):
        self.folder, self.next = folder, options.next
        self.binary = self.older = options.binary
        secret = folder / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "RUST_LOG": "warn,server=info",
            "SECURITY_GRAPHQL_SECRET_FILE": str(secret),
        }
        self.sources = {
            "SECURITY_ADVISORY_DB": str(options.advisory_db or SAMPLE / "advisory-db"),
            "SECURITY_INDEX": str(options.index or SAMPLE / "index"),
        }
        self.postgres = Postgres(folder)
        self.database = self.postgres.create("tab")
        self.servers = []
        # One after the other: the first one syncs, the second one finds its data.
        for name in "ab":
            self.servers.append(Server(self, name, self.database).wait_until_ready())
        self.nginx = Nginx(folder, [server.tab for server in self.servers])
        self.primed = time.monotonic()
        get(self.nginx.port, LEFT_ALONE)

    def command(self, *arguments, database, binary=None):
        """Runs a command of the service and returns how many seconds it took."""
        start = time.monotonic()
        environment = {**self.environment, **self.sources, "DATABASE_URL": database}
        done = subprocess.run(
            [binary or self.binary, *arguments],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise AssertionError(f"{arguments[0]}: {done.stderr.strip()[:500]}")
        return time.monotonic() - start

    def migrations(self, binary):
        """Returns the number of migrations that a binary knows."""
        database = f"sqlite:{self.folder}/{binary.parent.name}-{binary.name}.db"
        command = [binary, "migrate", "--database-url", database]
        text = subprocess.run(command, env=self.environment, capture_output=True, text=True).stdout
        return int(re.search(r"of (\d+) migrations", text).group(1))

    def pages(self, server):
        answers = [get(server.tab, page) for page in PAGES]
        equal(f"answers of {server.name}", [answer[0] for answer in answers], [200] * len(PAGES))
        return [answer[2] for answer in answers]

    def restart(self, at, binary=None):
        """Replaces a server like a deployment: SIGTERM, wait for exit, start, wait for /ready."""
        equal("exit status after SIGTERM", self.servers[at].stop(), 0)
        self.servers[at] = self.servers[at].started_again(binary).wait_until_ready()

    def stop(self):
        for process in [self.nginx, *self.servers, self.postgres.process]:
            with contextlib.suppress(Exception):
                process.stop(signal.SIGKILL if process is self.postgres.process else signal.SIGTERM)
