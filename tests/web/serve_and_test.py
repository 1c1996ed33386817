#!/usr/bin/env python3
"""Runs page_test.py against `aisle serve` with the sample shop, in a temporary folder and on a free port.

    serve_and_test.py --aisle build/dev/aisle [--screenshots DIR] [names of tests]

Ends with 77 where Chromium or its driver are not installed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
START_SECONDS = 60
SKIPPED = 77


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aisle", required=True, help="the binary")
    parser.add_argument("--screenshots", help="a directory to save pictures of the page in")
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    return parser.parse_args()


def write_shop(folder):
    """The catalogue and its schema, as a shop would keep them."""
    subprocess.run([sys.executable, "-B", DEMO / "generate.py", "--format", "jsonl", "--out", folder / "products.jsonl"],
                   check=True, stdout=subprocess.DEVNULL)
    shutil.copy(DEMO / "products-file.json", folder / "products.json")


def start(binary, folder):
    """The process and its address, once it is ready."""
    log = folder / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AISLE_")}
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen([binary, "serve", "--schema", folder / "products.json", "--data", folder / "data",
                                    "--web", ROOT / "web" / "search", "--port", "0", "--admin-port", "0"],
                                   stdout=output, stderr=output, env=environment)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"serves (http://\S+)", log.read_text(encoding="utf-8"))
        if found and is_ready(found.group(1)):
            return process, found.group(1)
        time.sleep(0.05)
    process.kill()
    process.wait()
    sys.exit("aisle did not become ready:\n" + log.read_text(encoding="utf-8"))


def is_ready(address):
    try:
        with urllib.request.urlopen(address + "/readyz", timeout=5):
            return True
    except urllib.error.URLError:
        return False


def main():
    arguments = read_arguments()
    missing = [program for program in ("chromium", "chromedriver") if shutil.which(program) is None]
    if missing:
        print("not installed: " + ", ".join(missing))
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="aisle-page-") as name:
        folder = Path(name)
        write_shop(folder)
        process, address = start(arguments.aisle, folder)
        try:
            command = [sys.executable, "-B", Path(__file__).with_name("page_test.py"), "--base-url", address]
            if arguments.screenshots:
                command += ["--screenshots", arguments.screenshots]
            exit_code = subprocess.run(command + arguments.names, check=False).returncode
        finally:
            process.terminate()
            stopped = process.wait(timeout=30)
        if stopped != 0:
            print(f"aisle ended with {stopped}")
        sys.exit(exit_code or stopped)


if __name__ == "__main__":
    main()
