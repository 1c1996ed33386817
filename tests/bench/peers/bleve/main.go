// Bleve with its scorch index, built offline: whitespace analyzer for words, keyword fields with doc values for facets, numeric
// fields for ranges and order. build PRODUCTS.tsv INDEX | serve INDEX QUERIES.tsv; see ../README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func schema() mapping.IndexMapping {
	all := bleve.NewIndexMapping()
	check(all.AddCustomAnalyzer("words", map[string]interface{}{"type": custom.Name, "tokenizer": whitespace.Name}))
	product := bleve.NewDocumentStaticMapping()
	title := bleve.NewTextFieldMapping()
	title.Analyzer, title.Store, title.IncludeTermVectors, title.IncludeInAll, title.DocValues = "words", false, false, false, false
	product.AddFieldMappingsAt("title", title)
	for _, name := range []string{"brand", "category", "colour", "source", "in_stock"} {
		field := bleve.NewKeywordFieldMapping()
		field.Store, field.IncludeTermVectors, field.IncludeInAll = false, false, false
		product.AddFieldMappingsAt(name, field)
	}
	for _, name := range []string{"price", "rating", "sold"} {
		field := bleve.NewNumericFieldMapping()
		field.Store, field.IncludeInAll = false, false
		product.AddFieldMappingsAt(name, field)
	}
	record := bleve.NewTextFieldMapping()
	record.Index, record.IncludeInAll, record.DocValues = false, false, false
	product.AddFieldMappingsAt("record", record)
	all.DefaultMapping = product
	return all
}

func lines(file string, use func(columns []string)) {
	in, err := os.Open(file)
	check(err)
	defer in.Close()
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 1<<20), 1<<24)
	for scanner.Scan() {
		use(strings.Split(scanner.Text(), "\t"))
	}
	check(scanner.Err())
}

func build(products, folder string) {
	check(os.RemoveAll(folder))
	builder, err := bleve.NewBuilder(folder, schema(), map[string]interface{}{"batchSize": 20000})
	check(err)
	lines(products, func(c []string) {
		check(builder.Index(c[0], map[string]interface{}{"title": c[10], "brand": c[2], "category": c[3], "colour": c[4],
			"source": c[5], "price": number(c[6]), "rating": number(c[7]), "in_stock": c[8], "sold": number(c[9]), "record": c[11]}))
	})
	check(builder.Close())
}

type ask struct {
	class, category, sort       string
	words, facets               []string
	edits                       []int
	prefix, inStock, descending bool
	low, high, fallback, k      int
}

func list(text, separator string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, separator)
}

func parse(c []string) ask {
	one := ask{class: c[0], words: list(c[1], " "), prefix: c[2] == "1", low: number(c[4]), high: number(c[5]), inStock: c[6] == "1",
		category: c[7], facets: list(c[8], ","), sort: c[9], descending: c[10] == "1", fallback: number(c[11]), k: number(c[12])}
	for _, edits := range list(c[3], ",") {
		one.edits = append(one.edits, number(edits))
	}
	return one
}

func word(one ask, place int, fuzzy bool) query.Query {
	text := one.words[place]
	term := bleve.NewTermQuery(text)
	term.SetField("title")
	var found query.Query = term
	near := fuzzy && one.edits[place] > 0
	if near {
		bent := bleve.NewFuzzyQuery(text)
		bent.SetField("title")
		bent.SetFuzziness(one.edits[place])
		bent.SetPrefix(1)
		found = bent
	}
	if one.prefix && place+1 == len(one.words) {
		beginning := bleve.NewPrefixQuery(text)
		beginning.SetField("title")
		if near {
			return bleve.NewDisjunctionQuery(found, beginning)
		}
		return beginning
	}
	return found
}

func search(index bleve.Index, one ask, fuzzy bool) *bleve.SearchResult {
	var all []query.Query
	for place := range one.words {
		all = append(all, word(one, place, fuzzy))
	}
	exact := func(field, text string) {
		term := bleve.NewTermQuery(text)
		term.SetField(field)
		all = append(all, term)
	}
	if one.high > 0 {
		low, high, yes := float64(one.low), float64(one.high), true
		prices := bleve.NewNumericRangeInclusiveQuery(&low, &high, &yes, &yes)
		prices.SetField("price")
		all = append(all, prices)
	}
	if one.inStock {
		exact("in_stock", "1")
	}
	if one.category != "" {
		exact("category", one.category)
	}
	request := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), one.k, 0, false)
	request.Fields = []string{"record"}
	if one.sort != "" {
		request.Score = "none"
		field := one.sort
		if one.descending {
			field = "-" + field
		}
		request.SortBy([]string{field, "_id"})
	}
	for _, facet := range one.facets {
		request.AddFacet(facet, bleve.NewFacetRequest(facet, 10))
	}
	found, err := index.Search(request)
	check(err)
	return found
}

func answer(index bleve.Index, one ask) *bleve.SearchResult {
	bends := false
	for _, edits := range one.edits {
		bends = bends || edits > 0
	}
	found := search(index, one, one.fallback == 0 && bends)
	if bends && found.Total < uint64(one.fallback) {
		found = search(index, one, true)
	}
	return found
}

func shown(found *bleve.SearchResult) map[string]interface{} {
	ids := []string{}
	for _, hit := range found.Hits {
		ids = append(ids, hit.ID)
	}
	facets := map[string][][]interface{}{}
	for name, facet := range found.Facets {
		for _, value := range facet.Terms.Terms() {
			facets[name] = append(facets[name], []interface{}{value.Term, value.Count})
		}
	}
	return map[string]interface{}{"total": found.Total, "ids": ids, "facets": facets}
}

func main() {
	if os.Args[1] == "build" {
		build(os.Args[2], os.Args[3])
		return
	}
	index, err := bleve.OpenUsing(os.Args[2], map[string]interface{}{"read_only": true})
	check(err)
	var asks []ask
	lines(os.Args[3], func(columns []string) { asks = append(asks, parse(columns)) })
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/blevesearch/bleve/v2" {
				version = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	count, err := index.DocCount()
	check(err)
	out := json.NewEncoder(os.Stdout)
	check(out.Encode(map[string]interface{}{"engine": "Bleve " + version, "products": count}))
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		command := strings.Fields(commands.Text())
		seconds := 1e6
		if len(command) > 2 {
			seconds, err = strconv.ParseFloat(command[2], 64)
			check(err)
		}
		end := time.Now().Add(time.Duration(seconds * 1e9))
		ms, totals, answers := []float64{}, []uint64{}, []interface{}{}
		for _, one := range asks {
			begin := time.Now()
			if one.class != command[1] {
				continue
			}
			if begin.After(end) {
				break
			}
			found := answer(index, one)
			ms = append(ms, float64(time.Since(begin).Nanoseconds())/1e6)
			totals = append(totals, found.Total)
			answers = append(answers, shown(found))
		}
		if command[0] == "answers" {
			check(out.Encode(map[string]interface{}{"class": command[1], "answers": answers}))
		} else {
			check(out.Encode(map[string]interface{}{"class": command[1], "ms": ms, "totals": totals}))
		}
	}
}
