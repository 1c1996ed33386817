#!/usr/bin/env python3
"""What shoppers notice when one of three nodes is killed or stopped: a steady load, the fault, figures.

    cluster_faults.py BINARY [--rate 200] [--seconds 60] [--fault kill|stop|none]

Three nodes hold the sample shop in four shards, each shard on two of them at least; the load goes to the two that stay.
Prints one JSON object a phase: requests, share of full answers (200 with a coverage of 1), latencies; then the counters
of calls between the nodes and the time until the lost node was ejected.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
SHARDS = {"a": [0, 1, 2], "b": [1, 2, 3], "c": [0, 2, 3]}
CONNECTIONS = 8


def free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return some.getsockname()[1]


class Nodes:
    def __init__(self, binary, folder):
        self.folder, self.processes, self.ports = folder, {}, {}
        base = folder / "base"
        base.mkdir()
        shutil.copy(DEMO / "products-file.json", base / "schema.json")
        subprocess.run([sys.executable, DEMO / "generate.py", "--format", "jsonl", "--out", base / "products.jsonl"],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([binary, "import", "--schema", base / "schema.json", "--data", base / "data", "--shards", "4",
                        base / "products.jsonl"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        internal = {node: free_port() for node in SHARDS}
        nodes = [{"id": node, "address": f"127.0.0.1:{internal[node]}", "shards": shards}
                 for node, shards in SHARDS.items()]
        for node in SHARDS:
            home = folder / node
            shutil.copytree(base, home)
            self.ports[node] = free_port()
            (home / "config.json").write_text(json.dumps({
                "schema": "schema.json", "data_dir": "data", "listen": {"port": self.ports[node]},
                "admin": {"port": free_port()}, "log": {"level": "warn"},
                "cluster": {"self": node, "listen": {"port": internal[node]}, "nodes": nodes}}))
            self.processes[node] = subprocess.Popen([binary, "serve", "--config", home / "config.json"],
                                                    stdout=subprocess.DEVNULL)
        for node in SHARDS:
            self.wait_ready(node)

    def get(self, node, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[node], timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def wait_ready(self, node):
        for _ in range(600):
            try:
                if self.get(node, "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"node {node} did not become ready")

    def counters(self, node):
        lines = self.get(node, "/metrics")[1].splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("aisle_fanout_"))
        return {name.removeprefix("aisle_fanout_").removesuffix("_total"): float(value) for name, value in pairs}

    def end(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def queries():
    draw = random.Random(20240601)
    judged = sorted({line.split("\t")[0] for line in (DEMO / "judgments.tsv").read_text().splitlines()})
    for _ in range(1000):
        query = draw.choice(judged)
        if draw.random() < 0.2:
            at = draw.randrange(len(query))
            query = query[:at] + query[at + 1:]
        yield f"/v1/indexes/products/search?q={quote(query)}&facets=brand,category,price"


class Load:
    def __init__(self, ports, rate):
        self.samples, self.stopping, self.paths = [], False, list(queries())
        self.threads = [threading.Thread(target=self.run, args=(number, ports[number % len(ports)], rate))
                        for number in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def run(self, number, port, rate):
        interval = CONNECTIONS / rate
        due = time.monotonic() + interval * number / CONNECTIONS
        connection, asked = None, number
        while not self.stopping:
            time.sleep(max(0, due - time.monotonic()))
            due = max(due + interval, time.monotonic() - interval)
            begin, full, status = time.monotonic(), False, 0
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", self.paths[asked % len(self.paths)])
                answer = connection.getresponse()
                answer.read()
                status = answer.status
                full = status == 200 and answer.getheader("X-Search-Coverage") == "1.0"
            except OSError:
                connection = None
            self.samples.append((begin, time.monotonic() - begin, status, full))
            asked += CONNECTIONS

    def end(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


def report(name, samples):
    times = sorted(took for _, took, _, _ in samples) or [0.0]
    full = sum(1 for sample in samples if sample[3])
    at = lambda share: round(times[int(share * (len(times) - 1))] * 1000, 2)
    print(json.dumps({"phase": name, "requests": len(samples), "full_share": round(full / max(1, len(samples)), 6),
                      "not_full": len(samples) - full, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
                      "max_ms": at(1)}))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--rate", type=float, default=200)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--fault", choices=["kill", "stop", "none"], default="kill")
    options = arguments.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        nodes = Nodes(options.binary, Path(folder))
        try:
            load = Load([nodes.ports["a"], nodes.ports["b"]], options.rate)
            time.sleep(options.seconds / 3)
            fault, ejected = time.monotonic(), None
            if options.fault != "none":
                nodes.processes["c"].send_signal(signal.SIGKILL if options.fault == "kill" else signal.SIGSTOP)
            while time.monotonic() < fault + options.seconds * 2 / 3:
                if ejected is None and nodes.counters("a").get("ejections", 0) > 0:
                    ejected = time.monotonic() - fault
                time.sleep(0.02 if ejected is None else 0.5)
            load.end()
            samples = load.samples
            report("before", [s for s in samples if s[0] + s[1] < fault])
            report("first two seconds", [s for s in samples if fault <= s[0] + s[1] and s[0] < fault + 2])
            report("afterwards", [s for s in samples if s[0] >= fault + 2])
            report("all", samples)
            print(json.dumps({"ejected_after_s": ejected, "a": nodes.counters("a"), "b": nodes.counters("b")}))
        finally:
            nodes.end()


if __name__ == "__main__":
    main()
