"""The engines of the comparison: what each needs, how its index is made, and a running one that is asked in rounds.

An engine is a program that answers commands on standard input with one JSON object a line (peers/README.md). It is left out,
with a message, where something that it needs is not installed.
"""

import json
import os
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tests/bench/products.json"
RANKING = ROOT / "tests/bench/ranking.json"
CLASSES = ("and", "filtered", "sorted", "faceted", "browse", "prefix", "typo1", "typo2", "shop")


class Missing(Exception):
    """What keeps an engine out, for people."""


def run(command, **kwargs):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def folder_bytes(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


@dataclass
class Running:
    """A started engine. Memory is told by the kernel: its own pages, and those of files that it has mapped."""
    name: str
    process: subprocess.Popen
    about: dict
    unable: tuple = ()
    server_pids: list = field(default_factory=list)  # of a server that the process talks to

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended at \"{command}\"")
        return json.loads(line)

    def memory(self):
        anonymous = mapped = 0
        for pid in self.server_pids or [self.process.pid]:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                key, _, rest = line.partition(":")
                if key in ("Pss_Anon", "Pss_Shmem"):
                    anonymous += int(rest.split()[0]) * 1024
                elif key == "Pss_File":
                    mapped += int(rest.split()[0]) * 1024
        return {"anonymous_bytes": anonymous, "mapped_bytes": mapped}

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Engine:
    name = ""    # also the folder of its index
    title = ""   # for people
    unable = ()  # classes that it cannot answer
    version = 1  # of what build() makes; another one builds again
    quick = True  # False: only in the full run

    def prepare(self, tools):
        """Brings its program into `tools`; raises Missing."""

    def build(self, catalogue, index):
        """Makes the index of catalogue/peers.tsv in the folder `index`, which is new and empty."""
        raise NotImplementedError

    def command(self, catalogue, index):
        raise NotImplementedError

    def built(self, catalogue, say):
        """The figures of building; builds unless an index of this version is there."""
        index, note = catalogue / self.name, catalogue / f"{self.name}.json"
        if note.exists() and json.loads(note.read_text())["version"] == self.version:
            return json.loads(note.read_text())
        shutil.rmtree(index, ignore_errors=True)
        index.mkdir()
        say(f"{self.title}: indexing")
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        extra = self.build(catalogue, index) or {}
        seconds = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures = {"version": self.version, "seconds": round(seconds, 1),
                   "cpu_seconds": round(after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime, 1),
                   "index_bytes": folder_bytes(index), **extra}
        note.write_text(json.dumps(figures))
        return figures

    def start(self, catalogue):
        command = [str(part) for part in self.command(catalogue, catalogue / self.name)]
        errors = open(catalogue / f"{self.name}.log", "w")
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   env={**os.environ, **self.environment()})
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.title} did not start: {(catalogue / f'{self.name}.log').read_text()[-1000:]}")
        return Running(self.name, process, json.loads(line), self.unable)

    def environment(self):
        return {}


class Aisle(Engine):
    name, title, version = "aisle", "aisle", 2

    def __init__(self, build_folder):
        self.binary = build_folder / "aisle"
        self.bench = build_folder / "tests/engine_bench"

    def build(self, catalogue, index):
        told = json.loads(run([self.binary, "import", "--schema", SCHEMA, "--data", index, "--json", *self.import_options(),
                               catalogue / "products.jsonl"]))
        for image in index.rglob("*.image"):  # read from the shard it is one segment, as the indexes of the others are
            image.unlink()
        return {"peak_bytes": told["peak_bytes"], "shards": told["shards"]}

    def import_options(self):
        return []

    def command(self, catalogue, index):
        return [self.bench, "--schema", SCHEMA, "--ranking", RANKING, "--data", index, "--workload", catalogue / "workload.jsonl",
                "--commands"]


    def environment(self):
        # a query that the machine holds up is slow, not an error
        return {"AISLE_LIMITS__TIME_HARD_MS": "60000", "AISLE_LIMITS__CORES_MAX": "1"}


class AisleTwo(Aisle):
    """The same products in two shards, which two cores search at once where much matches."""
    name, title, quick = "aisle-two", "aisle on two cores", False

    def import_options(self):
        return ["--shards", "2"]

    def environment(self):
        return super().environment() | {"AISLE_LIMITS__CORES_MAX": "2"}


class AisleAll(Aisle):
    """A copy of the index, with every word of a beginning and every misspelling instead of the best ones."""
    name, title = "aisle-all", "aisle, no limit on words"

    def environment(self):
        return super().environment() | {"AISLE_LIMITS__PREFIX_EXPANSIONS_MAX": "10000",
                                        "AISLE_LIMITS__TYPO_CANDIDATES_MAX": "10000"}

    def built(self, catalogue, say):
        # A copy: one process at a time opens an index.
        shutil.rmtree(catalogue / self.name, ignore_errors=True)
        shutil.copytree(catalogue / "aisle", catalogue / self.name)
        return json.loads((catalogue / "aisle.json").read_text())

    unable = tuple(one for one in CLASSES if one not in ("prefix", "typo1", "typo2"))
