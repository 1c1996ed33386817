"""Engines asked in turns, A B A B, and what came of it. Every engine answers the same queries in the same order; one that
needs too long for a round stops after some of them, and is compared on these."""

import time


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def figures(samples):
    """`samples`: one list of milliseconds a round. A query counts by the least of its rounds: what the work takes, without what
    the machine was doing beside it."""
    values = [min(rounds) for rounds in zip(*samples)]
    return {"mean": sum(values) / len(values), "p50": quantile(values, 0.5), "p95": quantile(values, 0.95),
            "p99": quantile(values, 0.99), "queries": len(values)}


def same_answers(ours, theirs):
    """How far totals agree: the share that is equal, and the median of how far off the others are."""
    pairs = list(zip(ours, theirs))
    off = sorted(abs(a - b) / max(a, b) for a, b in pairs if a != b)
    return {"equal": sum(a == b for a, b in pairs) / len(pairs), "off_median": off[len(off) // 2] if off else 0.0}


def same_facets(ours, theirs):
    """The share of counted facets whose ten most frequent values have the same counts; nothing when none was counted."""
    told = [([count for _, count in mine["facets"][name]], [count for _, count in values])
            for mine, other in zip(ours, theirs) if mine["total"] == other["total"] for name, values in other["facets"].items()]
    return {"facets_equal": sum(a == b for a, b in told) / len(told)} if told else {}


class Comparison:
    """`running`: the engines, the first is the one the others are compared with."""

    def __init__(self, running, say, rounds, warm_rounds, seconds):
        self.running, self.say = running, say
        self.rounds, self.warm_rounds, self.seconds = rounds, warm_rounds, seconds

    def warm_up(self, classes):
        """Every class in turns, so that compilers of virtual machines have seen thousands of queries, and caches all lists."""
        begin = time.monotonic()
        for _ in range(self.warm_rounds):
            for query_class in classes:
                for engine in self.running:
                    if query_class not in engine.unable:
                        engine.ask(f"round {query_class} {self.seconds}")
        self.say(f"warmed up in {time.monotonic() - begin:.0f} s")

    def of_class(self, query_class):
        asked = [engine for engine in self.running if query_class not in engine.unable]
        begin = time.monotonic()
        samples = {engine.name: [] for engine in asked}
        totals = {}
        for number in range(-1, self.rounds):
            for engine in asked:
                told = engine.ask(f"round {query_class} {self.seconds}")
                if number < 0:  # what the other classes left in the caches
                    continue
                samples[engine.name].append(told["ms"])
                totals[engine.name] = told["totals"]
        first = asked[0].name
        answers = {engine.name: engine.ask(f"answers {query_class} {self.seconds}")["answers"] for engine in asked}
        result = {}
        for engine in asked:
            done = min(len(one) for one in samples[engine.name])
            if done == 0:
                self.say(f"{engine.name} answers no query of {query_class} in {self.seconds} s")
                continue
            mine = figures([one[:done] for one in samples[engine.name]])
            ours = figures([one[:done] for one in samples[first]])
            result[engine.name] = {**mine, "ratio_mean": ours["mean"] / mine["mean"], "ratio_p50": ours["p50"] / mine["p50"],
                                   "ratio_p99": ours["p99"] / mine["p99"],
                                   **same_answers(totals[first][:done], totals[engine.name][:done]),
                                   **same_facets(answers[first], answers[engine.name])}
        told = ", ".join(f"{name} {one['mean']:.3f}/{one['p99']:.2f}" for name, one in result.items())
        self.say(f"{query_class}: {told} ms mean/p99, {time.monotonic() - begin:.0f} s")
        return result
