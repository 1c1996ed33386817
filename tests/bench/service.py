#!/usr/bin/env python3
"""Searches over HTTP: what the service adds to the engine, and how it stands many connections, beside a server of a peer.

    service.py [--connections 1,16,128,1000] [--seconds 6] [--out FOLDER]

Needs the catalogue and the index of aisle that bench.py makes. The queries are those of the class `faceted`, which all engines answer
alike; both servers keep connections alive and keep no results, and the load comes from the same machine. A second aisle keeps its
answers, as it does unless told otherwise: asked the same few hundred queries over and over it computes next to none, so the ratio of the
two is what a cache can give at the most.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bench import BENCH, TITLES, say
from engines import ROOT, SCHEMA, Missing, run
from peers import PEERS, from_maven, java_tools

TICKS = os.sysconf("SC_CLK_TCK")
AISLE, CACHED = "aisle", "aisle, answers kept"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def asks(catalogue):
    with open(catalogue / "workload.jsonl", encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    return [query for query in queries if query["class"] == "faceted"]


class Server:
    def __init__(self, name, command, port, ready, path, queries, work, environment=None):
        self.name, self.port = name, port
        self.requests = work / f"requests-{name}.txt"
        self.requests.write_text("".join(path(query) + "\n" for query in queries), encoding="utf-8")
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=environment)
        end = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def load(self, program, connections, seconds):
        before = self.cpu_seconds()
        told = json.loads(subprocess.run([program, str(self.port), str(connections), str(seconds), self.requests], check=True,
                                         capture_output=True, text=True).stdout)
        return told | {"per_core_second": told["answers"] / max(self.cpu_seconds() - before, 0.01)}

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def aisle(build, catalogue, queries, work, cached=False):
    port = free_port()
    names = ("q", "filter", "facets", "facet_values", "sort", "per_page", "prefix", "typos", "did_you_mean", "highlight")

    def path(query):
        values = {name: query[name] for name in names if name in query}
        for name, value in values.items():
            if isinstance(value, bool):
                values[name] = str(value).lower()
            elif isinstance(value, list):
                values[name] = ",".join(value)
        return "/v1/indexes/bench/search?" + urllib.parse.urlencode(values)

    data = work / "service-cached" if cached else catalogue / "aisle"
    if cached:  # a folder is one process's
        shutil.copytree(catalogue / "aisle", data, dirs_exist_ok=True)
    command = [build / "aisle", "serve", "--schema", SCHEMA, "--data", data, "--port", port, "--admin-port", free_port()]
    environment = os.environ | ({} if cached else {"AISLE_CACHE__BYTES_MAX": "0"})
    return Server(CACHED if cached else AISLE, command, port, "/readyz", path, queries, work, environment)


class Solr:
    """Lucene's server, from Maven Central, in a Jetty with kept connections."""

    def __init__(self, tools):
        self.java = java_tools(17)
        from_maven(PEERS / "solr/pom.xml", tools / "solr/lib")
        self.classes = f"{tools}/solr:{tools}/solr/lib/*"
        run([self.java / "javac", "-d", tools / "solr", "-cp", self.classes, PEERS / "solr/SolrPeer.java"])

    def start(self, catalogue, queries, work):
        home, port = catalogue / "solr", free_port()
        is_new = not (home / "bench/data").exists()
        if is_new:
            shutil.copytree(PEERS / "solr", home, dirs_exist_ok=True)
        command = [self.java / "java", "-Xms2g", "-Xmx2g", f"-Dsolr.log.dir={home}", "-cp", self.classes, "SolrPeer", home, port]
        server = Server("Solr 9.10", command, port, "/solr/bench/select?q=id:t1", self.path, queries, work)
        if is_new:
            say("Solr: indexing")
            columns = "id,title,brand,category,colour,source,price,rating,in_stock,sold,tokens,record"
            form = {"fieldnames": columns, "skip": "title", "header": "false", "separator": "\t", "encapsulator": "\x01",
                    "commit": "true", "optimize": "true", "maxSegments": "1"}
            run(["curl", "-sf", f"http://127.0.0.1:{port}/solr/bench/update?{urllib.parse.urlencode(form)}", "-H",
                 "Content-Type: application/csv; charset=utf-8", "-T", catalogue / "peers.tsv", "-X", "POST"])
        return server

    @staticmethod
    def path(query):
        ask = query["peer"]
        words = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in ask["words"])
        low, high = ask["price"]
        return "/solr/bench/select?" + urllib.parse.urlencode(
            [("q", words), ("fq", "in_stock:1"), ("fq", f"{{!cache=false}}price:[{low} TO {high}]"), ("sort", f"{ask['sort']} asc"),
             ("rows", 10), ("fl", "id,record"), ("facet", "true"), ("facet.limit", 10), ("facet.mincount", 1),
             *(("facet.field", field) for field in ask["facets"])])


def engine_p50(build, catalogue):
    told = subprocess.run([build / "tests/engine_bench", "--schema", SCHEMA, "--data", catalogue / "aisle", "--workload",
                           catalogue / "workload.jsonl", "--class", "faceted"], check=True, capture_output=True, text=True)
    return json.loads(told.stdout)["classes"]["faceted"]["p50_ms"]


def table(figures):
    lines = ["| server | connections | answers/s | answers a core second | p50, ms | p99 | p99.9 | not 200 | starved |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for name, loads in figures["servers"].items():
        for one in loads:
            lines.append(f"| {name} | {one['connections']:,} | {one['per_second']:,.0f} | {one['per_core_second']:,.0f} | "
                         f"{one['p50_ms']:.2f} | {one['p99_ms']:.1f} | {one['p999_ms']:.1f} | {sum(one['not_200'].values()):,} | "
                         f"{one['starved']:,} |")
    for off, on in zip(figures["servers"][AISLE], figures["servers"].get(CACHED, [])):
        ratios = (on["per_second"] / off["per_second"], on["p50_ms"] / off["p50_ms"], on["p99_ms"] / off["p99_ms"])
        lines.append(f"\nkept to computed at {off['connections']:,}: answers/s {ratios[0]:.2f}, p50 {ratios[1]:.2f}, p99 {ratios[2]:.2f}")
    return "\n".join([*lines, "", f"engine alone, same queries: p50 {figures['engine_p50_ms']:.3f} ms"])


def main():
    parser = argparse.ArgumentParser(description="searches over HTTP")
    parser.add_argument("--connections", default="1,16,128,1000")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--warm-seconds", type=float, default=15, help="before, with 4 connections")
    parser.add_argument("--without-peer", action="store_true")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=Path, default=BENCH)
    options = parser.parse_args()
    catalogue = BENCH / str(TITLES)
    queries = asks(catalogue)
    figures = {"engine_p50_ms": engine_p50(options.build, catalogue), "servers": {}}
    say(f"engine alone: p50 {figures['engine_p50_ms']:.3f} ms")
    servers = [aisle(options.build, catalogue, queries, options.out, cached) for cached in (False, True)]
    try:
        try:
            if options.without_peer:
                raise Missing("not asked for")
            servers.append(Solr(BENCH / "peers").start(catalogue, queries, options.out))
        except Missing as missing:
            say(f"Solr is left out: {missing}")
        for server in servers:
            server.load(options.build / "tests/http_load", 4, options.warm_seconds)
        for connections in map(int, options.connections.split(",")):
            for server in servers:
                told = server.load(options.build / "tests/http_load", connections, options.seconds)
                figures["servers"].setdefault(server.name, []).append(told)
                say(f"{server.name} at {connections}: {told['per_second']:,.0f}/s, p50 {told['p50_ms']:.2f}, p99 {told['p99_ms']:.1f} ms")
    finally:
        for server in servers:
            server.stop()
    (options.out / "service.json").write_text(json.dumps(figures, indent=1))
    (options.out / "service.md").write_text(table(figures) + "\n")
    print(table(figures))


if __name__ == "__main__":
    main()
