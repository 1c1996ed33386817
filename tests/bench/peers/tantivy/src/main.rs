//! tantivy with fast fields for ranges, order and terms aggregations, in one segment, on one thread.
//! build PRODUCTS.tsv INDEX | serve INDEX QUERIES.tsv; see ../README.md.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::ops::Bound;
use std::time::{Duration, Instant};

use serde_json::{json, Value as Json};
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::agg_result::AggregationResults;
use tantivy::aggregation::{AggContextParams, AggregationCollector};
use tantivy::collector::{Collector, Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value, FAST, INDEXED, STORED, STRING};
use tantivy::{DocAddress, Index, IndexWriter, Order, ReloadPolicy, Searcher, TantivyDocument, Term};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

struct Fields {
    id: Field,
    title: Field,
    record: Field,
    brand: Field,
    category: Field,
    colour: Field,
    source: Field,
    price: Field,
    rating: Field,
    in_stock: Field,
    sold: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs),
    );
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        title: builder.add_text_field("title", words),
        record: builder.add_text_field("record", STORED),
        brand: builder.add_text_field("brand", STRING | FAST),
        category: builder.add_text_field("category", STRING | FAST),
        colour: builder.add_text_field("colour", STRING | FAST),
        source: builder.add_text_field("source", STRING | FAST),
        price: builder.add_u64_field("price", FAST | INDEXED),
        rating: builder.add_u64_field("rating", FAST),
        in_stock: builder.add_u64_field("in_stock", INDEXED),
        sold: builder.add_u64_field("sold", FAST),
    };
    (builder.build(), fields)
}

fn build(products: &str, folder: &str) -> Fallible<()> {
    let (schema, fields) = schema();
    let index = Index::create_in_dir(folder, schema)?;
    let mut writer: IndexWriter = index.writer(1_000_000_000)?;
    for line in BufReader::new(File::open(products)?).lines() {
        let line = line?;
        let columns: Vec<&str> = line.split('\t').collect();
        let mut document = TantivyDocument::new();
        document.add_text(fields.id, columns[0]);
        document.add_text(fields.brand, columns[2]);
        document.add_text(fields.category, columns[3]);
        document.add_text(fields.colour, columns[4]);
        document.add_text(fields.source, columns[5]);
        document.add_u64(fields.price, columns[6].parse()?);
        document.add_u64(fields.rating, columns[7].parse()?);
        document.add_u64(fields.in_stock, columns[8].parse()?);
        document.add_u64(fields.sold, columns[9].parse()?);
        document.add_text(fields.title, columns[10]);
        document.add_text(fields.record, columns[11]);
        writer.add_document(document)?;
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    Ok(())
}

struct Ask {
    class: String,
    words: Vec<String>,
    prefix: bool,
    edits: Vec<u8>,
    low: u64,
    high: u64,
    in_stock: bool,
    category: String,
    facets: Vec<String>,
    sort: String,
    descending: bool,
    fallback: usize,
    k: usize,
}

fn list(text: &str, separator: char) -> Vec<String> {
    text.split(separator).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn parse(line: &str) -> Fallible<Ask> {
    let columns: Vec<&str> = line.split('\t').collect();
    Ok(Ask {
        class: columns[0].to_owned(),
        words: list(columns[1], ' '),
        prefix: columns[2] == "1",
        edits: list(columns[3], ',').iter().map(|one| one.parse()).collect::<Result<_, _>>()?,
        low: columns[4].parse()?,
        high: columns[5].parse()?,
        in_stock: columns[6] == "1",
        category: columns[7].to_owned(),
        facets: list(columns[8], ','),
        sort: columns[9].to_owned(),
        descending: columns[10] == "1",
        fallback: columns[11].parse()?,
        k: columns[12].parse()?,
    })
}

/// Above all texts that begin with `beginning`.
fn behind(beginning: &str) -> String {
    format!("{beginning}{}", char::MAX)
}

struct Found {
    total: usize,
    hits: Vec<(String, String)>,
    facets: Option<AggregationResults>,
}

struct Engine {
    fields: Fields,
    searcher: Searcher,
}

impl Engine {
    fn word(&self, ask: &Ask, place: usize, fuzzy: bool) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.title, &ask.words[place]);
        let edits = if fuzzy { ask.edits[place] } else { 0 };
        let mut one: Box<dyn Query> = if edits > 0 {
            Box::new(FuzzyTermQuery::new(term.clone(), edits, true))
        } else {
            Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
        };
        if ask.prefix && place + 1 == ask.words.len() {
            let end = Term::from_field_text(self.fields.title, &behind(&ask.words[place]));
            let beginning: Box<dyn Query> =
                Box::new(InvertedIndexRangeQuery::new(Bound::Included(term), Bound::Excluded(end)));
            one = if edits > 0 { Box::new(BooleanQuery::union(vec![one, beginning])) } else { beginning };
        }
        one
    }

    fn query(&self, ask: &Ask, fuzzy: bool) -> Box<dyn Query> {
        let mut all: Vec<(Occur, Box<dyn Query>)> =
            (0..ask.words.len()).map(|place| (Occur::Must, self.word(ask, place, fuzzy))).collect();
        if ask.words.is_empty() && ask.category.is_empty() {
            all.push((Occur::Must, Box::new(AllQuery)));
        }
        let exact = |term| Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        if ask.high > 0 {
            all.push((
                Occur::Must,
                Box::new(RangeQuery::new(
                    Bound::Included(Term::from_field_u64(self.fields.price, ask.low)),
                    Bound::Included(Term::from_field_u64(self.fields.price, ask.high)),
                )),
            ));
        }
        if ask.in_stock {
            all.push((Occur::Must, exact(Term::from_field_u64(self.fields.in_stock, 1))));
        }
        if !ask.category.is_empty() {
            all.push((Occur::Must, exact(Term::from_field_text(self.fields.category, &ask.category))));
        }
        if all.len() == 1 {
            return all.pop().unwrap().1;
        }
        Box::new(BooleanQuery::new(all))
    }

    fn collect<C: Collector>(&self, ask: &Ask, query: &dyn Query, best: C, places: fn(&C::Fruit) -> Vec<DocAddress>) -> Fallible<Found> {
        let (top, total, facets) = if ask.facets.is_empty() {
            let (top, total) = self.searcher.search(query, &(best, Count))?;
            (top, total, None)
        } else {
            let wanted: Json = ask.facets.iter().map(|field| (field.clone(), json!({"terms": {"field": field, "size": 10}}))).collect();
            let wanted: Aggregations = serde_json::from_value(wanted)?;
            let counts = AggregationCollector::from_aggs(wanted, AggContextParams::default());
            let (top, total, facets) = self.searcher.search(query, &(best, Count, counts))?;
            (top, total, Some(facets))
        };
        let mut hits = Vec::new();
        for place in places(&top) {
            let document: TantivyDocument = self.searcher.doc(place)?;
            let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or("").to_owned();
            hits.push((text(self.fields.id), text(self.fields.record)));
        }
        Ok(Found { total, hits, facets })
    }

    fn search(&self, ask: &Ask, fuzzy: bool) -> Fallible<Found> {
        let query = self.query(ask, fuzzy);
        let best = TopDocs::with_limit(ask.k);
        if ask.sort.is_empty() {
            return self.collect(ask, &*query, best.order_by_score(), |top| top.iter().map(|one| one.1).collect());
        }
        let order = if ask.descending { Order::Desc } else { Order::Asc };
        let best = best.order_by_fast_field::<u64>(ask.sort.as_str(), order);
        self.collect(ask, &*query, best, |top| top.iter().map(|one| one.1).collect())
    }

    fn ask(&self, ask: &Ask) -> Fallible<Found> {
        let bends = ask.edits.iter().any(|&edits| edits > 0);
        let found = self.search(ask, ask.fallback == 0 && bends)?;
        if ask.fallback > found.total && bends {
            return self.search(ask, true);
        }
        Ok(found)
    }
}

fn answer(found: &Found) -> Fallible<Json> {
    let ids: Vec<&str> = found.hits.iter().map(|hit| hit.0.as_str()).collect();
    let mut facets = serde_json::Map::new();
    if let Some(results) = &found.facets {
        for (field, result) in serde_json::to_value(results)?.as_object().into_iter().flatten() {
            let values = result["buckets"].as_array().into_iter().flatten();
            facets.insert(field.clone(), values.map(|one| json!([one["key"], one["doc_count"]])).collect());
        }
    }
    Ok(json!({"total": found.total, "ids": ids, "facets": facets}))
}

fn command(engine: &Engine, asks: &[Ask], line: &str) -> Fallible<Json> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let limit = words.get(2).map_or(Ok(1e6), |text| text.parse())?;
    let end = Instant::now() + Duration::from_secs_f64(limit);
    let (mut ms, mut totals, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    for ask in asks.iter().filter(|ask| ask.class == words[1]) {
        let begin = Instant::now();
        if begin > end {
            break;
        }
        let found = engine.ask(ask)?;
        ms.push(begin.elapsed().as_secs_f64() * 1e3);
        totals.push(found.total);
        if words[0] == "answers" {
            answers.push(answer(&found)?);
        }
    }
    Ok(match words[0] {
        "answers" => json!({"class": words[1], "answers": answers}),
        _ => json!({"class": words[1], "ms": ms, "totals": totals}),
    })
}

fn serve(folder: &str, queries: &str) -> Fallible<()> {
    let index = Index::open_in_dir(folder)?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let engine = Engine { fields: schema().1, searcher: reader.searcher() };
    let asks: Vec<Ask> = BufReader::new(File::open(queries)?).lines().map(|line| parse(&line?)).collect::<Fallible<_>>()?;
    let bytes: u64 = std::fs::read_dir(folder)?.map(|file| Ok(file?.metadata()?.len())).sum::<std::io::Result<u64>>()?;
    println!("{}", json!({"engine": format!("tantivy {}", tantivy::version().to_string().trim_start_matches("tantivy v").split(',').next().unwrap_or("")),
        "products": engine.searcher.num_docs(), "index_bytes": bytes}));
    for line in std::io::stdin().lock().lines() {
        println!("{}", command(&engine, &asks, &line?)?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "build" => build(&arguments[2], &arguments[3]),
        _ => serve(&arguments[2], &arguments[3]),
    }
}
