"""What a shop does all day: changes in its database and searches, at a steady pace, each on threads of its own."""

import http.client
import json
import random
import subprocess
import threading
import time
import urllib.parse

QUERIES = ("wireless headphones", "wireles headphnes", "frying pan", "shirt", "coffee", "drill", "novel", "shampoo", "tv",
           "garden", "kitchen knife", "running shoes", "lamp", "puzzle", "tea", "jacket black", "phone", "soap", "chair", "")


class Worker(threading.Thread):
    """Calls step() `rate` times a second until stop(); falls behind rather than bunching up."""

    def __init__(self, rate):
        super().__init__(daemon=True)
        self.interval = 1 / rate
        self.ended = threading.Event()
        self.failure = None

    def run(self):
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            try:
                self.step()
            except Exception as failure:  # told by whoever joins
                self.failure = failure
                return
            due = max(due + self.interval, time.monotonic() - 1)

    def stop(self):
        self.ended.set()
        self.join()


class Writer(Worker):
    """Changes rows of the sample shop: 95 in 100 are prices and stock, the others titles, new and deleted products,
    and now and then a renamed brand. `per_second` counts row changes, ten to a transaction."""

    BATCH = 10

    def __init__(self, postgres, per_second, seed):
        super().__init__(per_second / self.BATCH)
        self.random = random.Random(seed)
        self.ids = [int(line) for line in postgres.sql("SELECT id FROM products").splitlines()]
        self.brands = [int(line) for line in postgres.sql("SELECT id FROM brands").splitlines()]
        self.next_id = max(self.ids) + 1
        self.changes = 0
        self.psql = subprocess.Popen(postgres.psql_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _one(self):
        draw = self.random.random()
        product = self.random.choice(self.ids)
        if draw < 0.75:
            cents = self.random.randrange(100, 90_000)
            return f"UPDATE prices SET price = {cents}/100.0, list_price = {cents}/100.0 WHERE product_id = {product};"
        if draw < 0.95:
            return f"UPDATE inventory SET stock = {self.random.randrange(0, 50)} WHERE product_id = {product};"
        if draw < 0.97:
            return f"UPDATE products SET title = split_part(title, ' · ', 1) || ' · {self.random.randrange(1000)}' WHERE id = {product};"
        if draw < 0.985 or len(self.ids) < 1000:
            return self._insert()
        if draw < 0.9995:
            self.ids.remove(product)
            return f"DELETE FROM products WHERE id = {product};"
        brand = self.random.choice(self.brands)
        return f"UPDATE brands SET name = split_part(name, ' · ', 1) || ' · {self.random.randrange(10**6)}' WHERE id = {brand};"

    def _insert(self):
        new, self.next_id = self.next_id, self.next_id + 1
        like = self.random.choice(self.ids)
        self.ids.append(new)
        return (f"INSERT INTO products (id, title, description, brand_id, category_id, ean, model, language, released) "
                f"SELECT {new}, title, description, brand_id, category_id, lpad('{new}', 13, '9'), NULL, language, released "
                f"FROM products WHERE id = {like};"
                f"INSERT INTO prices VALUES ({new}, 9.99, 9.99); INSERT INTO inventory VALUES ({new}, 1);")

    def step(self):
        rows = " ".join(self._one() for _ in range(self.BATCH))
        self.psql.stdin.write(f"BEGIN; {rows} COMMIT; SELECT 1;\n")
        self.psql.stdin.flush()
        if not self.psql.stdout.readline():
            raise RuntimeError("psql ended: a change was refused")
        self.changes += self.BATCH

    def stop(self):
        super().stop()
        self.psql.stdin.close()
        self.psql.wait()


class Searcher(Worker):
    """Searches over one kept connection. `judge(answer)` returns what is wrong with an answer, or None."""

    def __init__(self, url, per_second, seed, judge):
        super().__init__(per_second)
        self.random = random.Random(seed)
        self.address = urllib.parse.urlsplit(url).netloc
        self.connection = None
        self.judge = judge
        self.samples = []  # (when, milliseconds, lag_ms, generation)
        self.failed = []
        self.wrong = []

    def _ask(self):
        query = {"q": self.random.choice(QUERIES), "facets": "brand,price", "page": self.random.randrange(1, 3)}
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, timeout=5)
        self.connection.request("GET", "/v1/indexes/products/search?" + urllib.parse.urlencode(query))
        response = self.connection.getresponse()
        return response.status, response.read()

    def step(self):
        begin = time.monotonic()
        try:
            status, body = self._ask()
        except OSError as failure:
            self.connection = None
            self.failed.append((begin, str(failure)))
            return
        took = (time.monotonic() - begin) * 1000
        if status != 200:
            self.failed.append((begin, f"{status} {body[:200]!r}"))
            return
        answer = json.loads(body)
        self.samples.append((begin, took, answer["view"]["lag_ms"], answer["view"]["generation"]))
        if complaint := self.judge(answer):
            self.wrong.append((begin, complaint))
