#!/usr/bin/env python3
"""A cluster loses its members one after the other under load, and an oracle says whether every answer was right.

    cluster_under_load.py [--seconds 60] [--searches 200] [--changes 100] [--port 8900] [--only PHASE...]

The sample shop of `data/demo/cluster.sh` (three nats-servers, three query nodes, two indexers, PostgreSQL, HAProxy)
under steady searches through HAProxy and steady changes in PostgreSQL. Each phase begins with a healthy cluster, hurts
it after a third of its time, and mends it after two thirds. An answer is full when it comes within 300 ms with a
coverage of 1. At the end `aisle verify` compares the index with the database and tests/bench/oracle_replay.cc every
answer with a single-node index at the sequence numbers that the answer states. Fails when a limit was missed.
"""

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from reindex_under_load import quantile
from stage import DEMO, ROOT, await_that, server_program
from traffic import QUERIES, Worker, Writer

SEED = int(os.environ.get("AISLE_SEED", time.time_ns() % 2**32))
HOME = ROOT / "build" / "cluster"
AISLE = ROOT / "build" / "release" / "aisle"
CONNECTIONS = 8
FULL_MS = 300
SETTLED_SECONDS = 2  # after these a fault must no longer be felt
TAKEOVER_SECONDS = 15


class Cluster:
    """The sample cluster, its processes by name."""

    def __init__(self, port):
        self.port = port
        subprocess.run([DEMO / "cluster.sh", "remove"], check=True, stdout=subprocess.DEVNULL)
        try:
            self.start()
        except subprocess.CalledProcessError:
            self.remove()
            raise
        self.folder = Path((HOME / "postgres_folder").read_text(encoding="utf-8").strip())

    def start(self):
        """Starts whatever does not run."""
        subprocess.run([DEMO / "cluster.sh", "start", "--detach", "--port", str(self.port)], check=True,
                       stdout=subprocess.DEVNULL)

    def remove(self):
        subprocess.run([DEMO / "cluster.sh", "remove"], check=True, stdout=subprocess.DEVNULL)

    def psql_command(self):
        return ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "aisle", "shop"]

    def sql(self, text):
        return subprocess.run(self.psql_command() + ["-c", text], check=True, capture_output=True, text=True).stdout.strip()

    def signal(self, name, number):
        os.kill(int((HOME / f"{name}.pid").read_text()), number)

    def leader(self, seconds=30):
        """Who leads; None when nobody does, or more than one say so, for so long."""
        end = time.monotonic() + seconds
        while (leader := self._leader()) is None and time.monotonic() < end:
            time.sleep(0.2)
        return leader

    def _leader(self):
        leading = self.leading()
        return leading[0] if len(leading) == 1 else None

    def leading(self):
        """Who says that it leads, or said so until it was killed or stopped a moment ago."""
        told = subprocess.run([AISLE, "cluster", "status", "--json", "--config", HOME / "node-1.json"], check=True,
                              capture_output=True, text=True)
        return [node["node"] for node in json.loads(told.stdout)["nodes"] if node.get("leading")]

    def get(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def nodes_have(self, product, price, nodes=(1, 2, 3)):
        """Whether each of these nodes tells that price."""
        try:
            return all(self.get(self.port + 10 + node, f"/v1/indexes/products/products/{product}").get("price") == price
                       for node in nodes)
        except (OSError, ValueError):
            return False

    def stop_postgres(self):
        as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(as_server + [server_program("pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")


class Load(Worker):
    """Searches through the balancer over a kept connection; writes every answer down for the oracle."""

    def __init__(self, port, per_second, seed, record):
        super().__init__(per_second)
        self.random = random.Random(seed)
        self.port, self.record = port, record
        self.connection = None
        self.samples = []  # (begin, milliseconds, full, stale), from stop() on complete

    def step(self):
        misspelt = self.random.choice(QUERIES)
        if len(misspelt) > 4 and self.random.random() < 0.2:
            at = self.random.randrange(len(misspelt))
            misspelt = misspelt[:at] + misspelt[at + 1:]
        query = urllib.parse.urlencode({"q": misspelt, "facets": "brand,price", "per_page": 5,
                                        "page": self.random.randrange(1, 4)})
        begin, status, body = time.monotonic(), 0, b""
        try:
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.connection.request("GET", "/v1/indexes/products/search?" + query)
            answer = self.connection.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
        took = (time.monotonic() - begin) * 1000
        full = status == 200 and took <= FULL_MS and b'"coverage":1.0' in body
        if status == 200:
            self.record.write(query.encode() + b"\t" + body + b"\n")
        self.samples.append((begin, took, full, b'"control_plane":"stale"' in body))


class Run:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.cluster = Cluster(options.port)
        self.record = open(work / "answers", "wb")
        self.missed = []
        self.rounds = 0

    def load(self):
        self.rounds += 1
        loads = [Load(self.options.port, self.options.searches / CONNECTIONS, SEED + 100 * self.rounds + number, self.record)
                 for number in range(CONNECTIONS)]
        for load in loads:
            load.start()
        return loads

    def limit(self, phase, what, holds):
        if not holds:
            self.missed.append(f"{phase}: {what}")

    def phase(self, name, hurt, mend, during=None, writes=True):
        """Steady load; hurt() after a third, mend() after two thirds; `during` watches in between and returns what to tell."""
        third = self.options.seconds / 3
        writer = Writer(self.cluster, self.options.changes, SEED + self.rounds) if writes else None
        if writer:
            writer.start()
        loads = self.load()
        begin = time.monotonic()
        time.sleep(third)
        fault = time.monotonic()
        hurt()
        told = during() if during else {}
        time.sleep(max(0.0, begin + 2 * third - time.monotonic()))
        mend()
        time.sleep(max(0.0, begin + 3 * third - time.monotonic()))
        for load in loads:
            load.stop()
        if writer:
            writer.stop()
        for worker in [*loads, *([writer] if writer else [])]:
            if worker.failure:
                raise worker.failure
        return self.report(name, [sample for load in loads for sample in load.samples], fault, told)

    def report(self, name, samples, fault, told):
        healthy = quantile([took for begin, took, *_ in samples if begin + took / 1000 < fault], 0.99)
        settled = quantile([took for begin, took, *_ in samples if begin > fault + SETTLED_SECONDS], 0.99)
        disturbed = [begin + took / 1000 - fault for begin, took, full, _ in samples if not full and begin > fault - 1]
        share = sum(full for *_, full, _ in samples) / len(samples)
        line = {"phase": name, "answers": len(samples), "not_full": sum(not full for *_, full, _ in samples),
                "full_share": round(share, 6), "last_disturbed_after_s": round(max(disturbed, default=0.0), 2),
                "p99_healthy_ms": round(healthy, 1), "p99_2s_after_the_fault_ms": round(settled, 1),
                "max_ms": round(max(took for _, took, *_ in samples), 1),
                "flagged_stale": sum(stale for *_, stale in samples), **told}
        print(json.dumps(line), flush=True)
        self.limit(name, f"{share:.2%} full answers, expected 99.9 %", share >= 0.999)
        return line

    # What happens.

    def query_node_killed(self):
        self.phase("kill -9 of a query node", lambda: self.cluster.signal("node-2", signal.SIGKILL), self.cluster.start)

    def query_node_stopped(self):
        line = self.phase("SIGSTOP of a query node", lambda: self.cluster.signal("node-3", signal.SIGSTOP),
                          lambda: self.cluster.signal("node-3", signal.SIGCONT))
        self.limit("SIGSTOP of a query node", f"felt for {line['last_disturbed_after_s']} s", line["last_disturbed_after_s"] <= SETTLED_SECONDS)

    def _takeover(self, gone=None):
        """Changes a price after the leader `gone` went; how long until all nodes tell it, and that another leads."""
        product = self.cluster.sql("SELECT min(product_id) FROM prices")
        price = random.randrange(1000, 9000) + 0.25
        begin = time.monotonic()
        self.cluster.sql(f"UPDATE prices SET price = {price}, list_price = {price} WHERE product_id = {product}")
        # The writer may change it again: then a later change has arrived all the more.
        await_that(lambda: self.cluster.nodes_have(product, price) or self._moved_on(product, price), "the change reaches all nodes", 60)
        took = time.monotonic() - begin
        self.limit("takeover", f"{took:.1f} s", took <= TAKEOVER_SECONDS)
        await_that(lambda: any(name != gone for name in self.cluster.leading()), "another leads", 30)
        return {"change_on_all_nodes_after_s": round(took, 2)}

    def _moved_on(self, product, price):
        now = float(self.cluster.sql(f"SELECT price FROM prices WHERE product_id = {product}") or "nan")
        return now != price and self.cluster.nodes_have(product, now)

    def indexer_killed(self):
        leader = self.cluster.leader()
        self.phase("kill -9 of the leading indexer", lambda: self.cluster.signal(leader, signal.SIGKILL), self.cluster.start,
                   lambda: self._takeover(leader))

    def indexer_stopped(self):
        leader = self.cluster.leader()
        self.phase("SIGSTOP of the leading indexer", lambda: self.cluster.signal(leader, signal.SIGSTOP),
                   lambda: self.cluster.signal(leader, signal.SIGCONT), lambda: self._takeover(leader))
        self.limit("SIGSTOP of the leading indexer", "one leads after its return", self.cluster.leader() is not None)

    def backbone_lost(self):
        def hurt():
            for number in (1, 2, 3):
                self.cluster.signal(f"nats-{number}", signal.SIGKILL)
            self.cluster.stop_postgres()

        name = "JetStream and PostgreSQL both down"
        line = self.phase(name, hurt, self.cluster.start, writes=False)
        self.limit(name, "no answer was flagged stale", line["flagged_stale"] > 0 or self.options.seconds < 45)
        print(json.dumps({"phase": name + ", both back", **self._takeover()}), flush=True)

    # What it comes to.

    def verify(self):
        admin = json.loads((HOME / f"{self.cluster.leader()}.json").read_text(encoding="utf-8"))["admin"]["port"]
        done = subprocess.run([AISLE, "verify", "products", "--json", "--admin", f"http://127.0.0.1:{admin}"],
                              capture_output=True, text=True)
        print(f"verify ({done.returncode}): {done.stdout.strip()}{done.stderr.strip()}")
        self.limit("verify", "differences", done.returncode == 0)

    def replay(self):
        self.record.close()
        statistics = next((HOME / "node-1").glob("**/statistics.bin"))
        done = subprocess.run([ROOT / "build" / "release" / "tests" / "oracle_replay", DEMO / "products.json", statistics,
                               f"nats://127.0.0.1:{self.options.port + 71}", "shop", "1", "2", self.work / "answers"],
                              capture_output=True, text=True)
        print(f"oracle ({done.returncode}): {done.stdout.strip()}\n{done.stderr.strip()}")
        self.limit("oracle", "wrong answers", done.returncode == 0)


PHASES = {"node-kill": Run.query_node_killed, "node-stop": Run.query_node_stopped, "indexer-kill": Run.indexer_killed,
          "indexer-stop": Run.indexer_stopped, "backbone": Run.backbone_lost}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="of each phase")
    parser.add_argument("--searches", type=float, default=200, help="a second")
    parser.add_argument("--changes", type=float, default=100, help="rows a second")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--only", nargs="+", choices=PHASES, default=list(PHASES))
    options = parser.parse_args()
    print(f"seed {SEED} (AISLE_SEED), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="aisle-cluster-", dir="/var/tmp") as folder:
        run = Run(options, Path(folder))
        try:
            for name in options.only:
                PHASES[name](run)
            run.verify()
            run.replay()
        finally:
            run.cluster.remove()
    sys.exit("FAILED: " + "; ".join(run.missed) if run.missed else 0)


if __name__ == "__main__":
    main()
