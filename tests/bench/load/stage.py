"""A private PostgreSQL with the sample shop and aisle following it, on loopback, gone at the end."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "data" / "demo"
START_SECONDS = 120


def server_program(name):
    """The newest installed PostgreSQL's program."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if found:
        return str(found[-1])
    return shutil.which(name) or sys.exit(f"PostgreSQL's server is not installed: no {name}")


def await_that(holds, what, seconds):
    """Looks twenty times a second; ends the run when `holds` stays false."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class Postgres:
    """A server of its own in `folder`, which only its user may enter; run as "postgres" when we are root."""

    def __init__(self, folder):
        self.folder = folder
        self.as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        folder.mkdir(mode=0o700)
        if self.as_server:
            shutil.chown(folder, "postgres")
        self._run(server_program("initdb"), "-D", folder / "data", "-U", "aisle", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-instructions")
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c wal_level=logical"
        self._run(server_program("pg_ctl"), "-D", folder / "data", "-l", folder / "log", "-w", "-o", settings, "start")

    def _run(self, *command):
        subprocess.run(self.as_server + [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def psql_command(self, database="shop"):
        return ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "aisle", database]

    def sql(self, text, database="shop"):
        done = subprocess.run(self.psql_command(database) + ["-c", text], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def sql_script(self, text, database="shop"):
        """Statement by statement, outside a transaction."""
        subprocess.run(self.psql_command(database), input=text, check=True, stdout=subprocess.DEVNULL, text=True)

    def file(self, path, **variables):
        settings = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        subprocess.run(self.psql_command() + settings + ["-f", str(path)], check=True, stdout=subprocess.DEVNULL)

    def load_shop(self, work):
        subprocess.run([sys.executable, "-B", DEMO / "generate.py", "--format", "sql", "--out", work / "csv"],
                       check=True, stdout=subprocess.DEVNULL)
        self.sql("CREATE DATABASE shop", "postgres")
        self.file(DEMO / "shop.sql")
        self.file(DEMO / "load.sql", dir=work / "csv")

    def stop(self):
        self._run(server_program("pg_ctl"), "-D", self.folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)


class Aisle:
    """One `aisle serve` process on free ports, and its commands."""

    def __init__(self, binary, work, postgres, settings=None):
        """`settings` are further keys of the configuration."""
        self.binary = binary
        self.work = work
        self.schema = work / "products.json"
        self.config = work / "aisle.json"
        self.config.write_text(json.dumps({
            "data_dir": "index", "listen": {"port": 0}, "admin": {"port": 0},
            "indexes": [{"schema": "products.json", "connection": f"host={postgres.folder} user=aisle dbname=shop"}]}
            | (settings or {})))
        self.process = None
        self.url = self.admin = ""

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AISLE_")}
        out = self.work / "out"
        with open(out, "w", encoding="utf-8") as output, open(self.work / "log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([self.binary, "serve", "--config", self.config], stdout=output, stderr=log,
                                            env=environment)

        def is_told():
            found = re.search(r"serves (http://\S+) \(admin (http://[^)]+)\)", out.read_text(encoding="utf-8"))
            if found:
                self.url, self.admin = found.groups()
            elif self.process.poll() is not None:
                sys.exit("aisle ended:\n" + (self.work / "log").read_text(encoding="utf-8")[-3000:])
            return bool(found) and self.is_ready()
        await_that(is_told, "aisle is ready", START_SECONDS)

    def is_ready(self):
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def command(self, *arguments, check=True):
        """The finished process of `aisle ARGUMENTS --admin URL`; its output is text."""
        done = subprocess.run([self.binary, *arguments, "--admin", self.admin], capture_output=True, text=True)
        if check and done.returncode != 0:
            sys.exit(f"aisle {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            return json.load(response)

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
