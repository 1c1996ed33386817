#!/usr/bin/env bash
# Imports real catalogues and runs 1,000 real queries, drawn by popularity, against each: products a second, bytes a
# product, latencies without HTTP. The data is not part of the repository: AISLE_DATA names its folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

data=${AISLE_DATA:-../shared/data}
binary=build/release/aisle
work=build/bench/data
queries=$work/queries.txt

# measure NAME FILE FACETS...: import the file, then the queries plain and with each list of facets
measure() {
  local name=$1 file=$2 facets
  local place=(--schema "tests/bench/$name.json" --data "$work/index")
  echo
  echo "== $name"
  "$binary" import "${place[@]}" "$file" 2> "$work/$name.log"
  echo "queries, 10 hits with highlights:"
  "$binary" search "${place[@]}" --queries "$queries"
  for facets in "${@:3}"; do
    echo "the same with facets $facets:"
    "$binary" search "${place[@]}" --queries "$queries" --facets "$facets"
  done
}

if [[ ! -d "$data" ]]; then
  echo "bench: skipped, there is no folder $data; AISLE_DATA names it"
  exit 0
fi
rm -rf "$work"
mkdir -p "$work"
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); load $(cut -d' ' -f1-3 /proc/loadavg)"
tests/bench/prepare.py queries "$data/queries/electronics-popularity.tsv" "$queries" 1000
tests/bench/prepare.py titles "$data/titles/titles.tsv.gz" "$work/titles.jsonl"
measure icecat "$data/icecat/products.jsonl.gz" brand,price \
  brand,price,product_colour,product_type,weight,width,height,depth,package_weight,package_width,package_height,package_depth
measure titles "$work/titles.jsonl" source
