"""Proves that a published JSON Schema judges documents as the program does.

Usage: schema_agreement.py <x.schema.json> <x_cases.json>
The C++ test reads the same table. A case marked "reader_only" is one that JSON Schema cannot express: it must pass here.
Exit status 77 tells ctest that the test was skipped.
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: python3-jsonschema with draft 2020-12 is not installed")
    sys.exit(77)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def disagreement(validator, case):
    """What is wrong about the case, or nothing."""
    if case.get("reader_only") and not case.get("reason"):
        return "is reader_only without a reason"
    errors = [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(case["document"])]
    expected = case["valid"] or case.get("reader_only", False)
    if expected and errors:
        return "is refused: " + "; ".join(errors)
    if not expected and not errors:
        return "is accepted, the reader refuses it: " + case["message"]
    return None


def main():
    schema, cases = load(sys.argv[1]), load(sys.argv[2])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = 0
    for case in cases:
        sentence = disagreement(validator, case)
        if sentence:
            failures += 1
            print(f"case \"{case['name']}\" {sentence}")
    print(f"{len(cases)} cases, {failures} disagree")
    return 1 if failures or len(cases) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
