"""The engines that aisle is compared with, each set up as its documentation advises for speed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from engines import CLASSES, ROOT, Aisle, AisleAll, AisleTwo, Engine, Missing, Running, run

PEERS = ROOT / "tests/bench/peers"
TYPOS = ("typo1", "typo2", "shop")


def java_tools(needed, newest=False):
    """The folder of java and javac: of the oldest JDK that will do, or of the newest."""
    found = []
    for compiler in Path("/usr/lib/jvm").glob("*/bin/javac"):
        told = subprocess.run([compiler, "-version"], capture_output=True, text=True)
        found.append((int((told.stdout + told.stderr).split()[-1].split(".")[0]), compiler.parent))
    fitting = sorted(one for one in found if one[0] >= needed)
    if not fitting:
        raise Missing(f"needs a JDK of version {needed} or later")
    return fitting[-1 if newest else 0][1]


def from_maven(pom, target):
    """The jars that a pom.xml names, copied to `target` unless they are there."""
    if list(target.glob("*.jar")):
        return
    if shutil.which("mvn") is None:
        raise Missing("needs maven")
    try:
        run(["mvn", "-q", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={target}"])
    except RuntimeError as error:
        raise Missing("Maven Central does not answer") from error


class Lucene(Engine):
    """`release` 10 comes from Maven Central and needs Java 21, 8 is Debian's."""

    def __init__(self, release):
        self.release = release
        self.name, self.title, self.quick = f"lucene{release}", f"Lucene {release}", release == 10
        self.classes = ""

    def java(self):
        return java_tools(21, newest=True) if self.release == 10 else java_tools(17)

    def prepare(self, tools):
        tools = tools / self.name
        tools.mkdir(parents=True, exist_ok=True)
        java = self.java()
        if self.release == 10:
            from_maven(PEERS / "lucene/pom.xml", tools / "lib")
            jars = f"{tools}/lib/*"
        else:
            found = [sorted(Path("/usr/share/java").glob(f"lucene-{part}-8.*.jar")) for part in ("core", "facet", "analyzers-common")]
            if not all(found):
                raise Missing("needs liblucene8-java")
            jars = ":".join(str(one[0]) for one in found)
        run([java / "javac", "-nowarn", "-d", tools, "-cp", jars, PEERS / "lucene/LucenePeer.java",
             PEERS / f"lucene/v{self.release}/Lucene.java"])
        self.classes = f"{tools}:{jars}"

    def virtual_machine(self, *arguments):
        # Vectors speed up its decoding of postings; a fixed heap keeps the collector from growing it while timed.
        vectors = ["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"] if self.release == 10 else []
        return [self.java() / "java", "-Xms2g", "-Xmx2g", *vectors, "-cp", self.classes, "LucenePeer", *arguments]

    def build(self, catalogue, index):
        run(self.virtual_machine("build", catalogue / "peers.tsv", index))

    def command(self, catalogue, index):
        return self.virtual_machine("serve", index, catalogue / "workload.tsv")


class Tantivy(Engine):
    name, title = "tantivy", "tantivy"
    program = None

    def prepare(self, tools):
        if shutil.which("cargo") is None:
            raise Missing("needs cargo")
        try:
            run(["cargo", "build", "--release", "-q", "--locked", "--target-dir", tools / "tantivy"], cwd=PEERS / "tantivy")
        except RuntimeError as error:
            raise Missing(f"cargo cannot build it: {str(error)[-200:]}") from error
        self.program = tools / "tantivy/release/tantivy_peer"

    def build(self, catalogue, index):
        run([self.program, "build", catalogue / "peers.tsv", index])

    def command(self, catalogue, index):
        return [self.program, "serve", index, catalogue / "workload.tsv"]


class Bleve(Engine):
    name, title, quick = "bleve", "Bleve", False
    program = None

    def prepare(self, tools):
        if shutil.which("go") is None:
            raise Missing("needs go")
        self.program = tools / "bleve_peer"
        try:
            run(["go", "build", "-o", self.program, "."], cwd=PEERS / "bleve")
        except RuntimeError as error:
            raise Missing(f"go cannot build it: {str(error)[-200:]}") from error

    def build(self, catalogue, index):
        run([self.program, "build", catalogue / "peers.tsv", index / "bleve"])

    def command(self, catalogue, index):
        return [self.program, "serve", index / "bleve", catalogue / "workload.tsv"]


class Xapian(Engine):
    name, title, unable, version = "xapian", "Xapian", TYPOS, 2

    def __init__(self, build_folder):
        self.program = build_folder / "tests/xapian_peer"

    def prepare(self, tools):
        if not self.program.exists():
            raise Missing(f"{self.program.name} is not built")

    def build(self, catalogue, index):
        run([self.program, "build", catalogue / "peers.tsv", index])

    def command(self, catalogue, index):
        return [self.program, "serve", index, catalogue / "workload.tsv"]


class Groonga(Engine):
    name, title = "groonga", "Groonga"
    columns = ("id", None, "brand", "category", "colour", "source", "price", "rating", "in_stock", "sold", "tokens", "record")

    def __init__(self, build_folder):
        self.program = build_folder / "tests/groonga_peer"

    def prepare(self, tools):
        if not self.program.exists() or shutil.which("groonga") is None:
            raise Missing("needs groonga-bin and libgroonga-dev, and groonga_peer built with them")

    def build(self, catalogue, index):
        database, table = index / "db", index / "load.grn"
        with open(catalogue / "peers.tsv", encoding="utf-8") as rows, open(table, "w", encoding="utf-8") as out:
            out.write((PEERS / "groonga.grn").read_text() + "load --table Products\n[\n")
            for number, row in enumerate(rows):
                values = zip(self.columns, row.rstrip("\n").split("\t"))
                record = {name: int(value) if name in ("price", "rating", "in_stock", "sold") else value
                          for name, value in values if name}
                out.write((",\n" if number else "") + json.dumps(record, ensure_ascii=False))
            out.write("\n]\n" + (PEERS / "groonga_indexes.grn").read_text())
        run(["groonga", "-n", "--file", table, database])
        table.unlink()

    def command(self, catalogue, index):
        return [self.program, index / "db", catalogue / "workload.tsv"]


class Postgres(Engine):
    """A server of its own in the index's folder, on a socket, with one process for each query."""
    name, title = "postgres", "PostgreSQL"
    settings = ("listen_addresses=", "shared_buffers=2GB", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB",
                "random_page_cost=1.1", "max_parallel_workers_per_gather=0", "jit=off", "fsync=off", "max_wal_size=8GB")

    def __init__(self, build_folder):
        self.program = build_folder / "tests/postgres_peer"
        self.as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def prepare(self, tools):
        if not self.program.exists():
            raise Missing(f"{self.program.name} is not built")
        if not self.server_program("initdb"):
            raise Missing("needs postgresql")

    @staticmethod
    def server_program(name):
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
        return found[-1] if found else None

    def control(self, index, *arguments):
        # The server would keep a pipe of ours open.
        subprocess.run([*self.as_server, str(self.server_program("pg_ctl")), "-D", str(index / "data"), "-l", str(index / "log"), "-w",
                        "-t", "120", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start_server(self, index):
        options = " ".join(f"-c {setting}" for setting in (*self.settings, f"unix_socket_directories={index}"))
        self.control(index, "-o", options, "start")

    def build(self, catalogue, index):
        if self.as_server:
            shutil.chown(index, "postgres")
        run([*self.as_server, self.server_program("initdb"), "-D", index / "data", "-U", "bench", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-instructions"], cwd="/")
        self.start_server(index)
        try:
            psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", index, "-U", "bench", "postgres", "-f", PEERS / "postgres.sql"]
            with open(catalogue / "peers.tsv", encoding="utf-8") as table:
                run(psql, stdin=table)
            return {"cpu_seconds": None}  # the server is no child of ours
        finally:
            self.control(index, "-m", "fast", "stop")

    def command(self, catalogue, index):
        return [self.program, f"host={index} user=bench dbname=postgres", catalogue / "workload.tsv"]

    def start(self, catalogue):
        index = catalogue / self.name
        self.start_server(index)
        running = super().start(catalogue)
        server = int((index / "data/postmaster.pid").read_text().split()[0])
        return Served(running, [server, running.about["pid"]], lambda: self.control(index, "-m", "fast", "stop"))


class Sphinx(Engine):
    name, title, unable = "sphinx", "Sphinx", TYPOS
    columns = (10, 3, 2, 3, 4, 5, 6, 7, 8, 9, 11)  # of peers.tsv, in the order of sphinx.conf

    def __init__(self, build_folder):
        self.program = build_folder / "tests/sphinx_peer"

    def prepare(self, tools):
        if not self.program.exists() or shutil.which("searchd") is None:
            raise Missing("needs sphinxsearch and libmariadb-dev, and sphinx_peer built with them")

    def build(self, catalogue, index):
        (index / "sphinx.conf").write_text((PEERS / "sphinx.conf").read_text().replace("FOLDER", str(index)))
        table = index / "products.tsv"
        with open(catalogue / "peers.tsv", encoding="utf-8") as rows, open(table, "w", encoding="utf-8") as out:
            for row in rows:
                values = row.rstrip("\n").split("\t")
                out.write("\t".join([values[0][1:], *(values[column] for column in self.columns)]) + "\n")
        run(["indexer", "--config", index / "sphinx.conf", "products"])
        table.unlink()

    def command(self, catalogue, index):
        return [self.program, index / "socket", catalogue / "workload.tsv"]

    def start(self, catalogue):
        index = catalogue / self.name
        run(["searchd", "--config", index / "sphinx.conf"])
        running = super().start(catalogue)
        pid = int((index / "pid").read_text())
        return Served(running, [pid], lambda: run(["searchd", "--config", index / "sphinx.conf", "--stopwait"]))


class Served(Running):
    """Behind the program that asks there is a server, which counts for memory and ends with it."""

    def __init__(self, running, server_pids, stop_server):
        super().__init__(running.name, running.process, running.about, running.unable, server_pids)
        self.stop_server = stop_server

    def stop(self):
        super().stop()
        self.stop_server()


def all_engines(build_folder):
    return [Aisle(build_folder), AisleTwo(build_folder), AisleAll(build_folder), Lucene(10), Lucene(8), Tantivy(), Bleve(), Xapian(build_folder), Groonga(build_folder),
            Sphinx(build_folder), Postgres(build_folder)]
