-- The products in PostgreSQL, as its documentation advises: a stored tsvector under GIN without fast update, B-trees for
-- ranges and order, statistics and visibility brought up to date. Tokens are taken as they are, so no parser takes part.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION fuzzystrmatch;
CREATE TABLE lines (id text, title text, brand text, category text, colour text, source text, price integer, rating integer,
                    in_stock integer, sold integer, tokens text, record text);
\copy lines FROM pstdin WITH (FORMAT csv, DELIMITER E'\t', QUOTE E'\x01')
CREATE TABLE products AS
  SELECT row_number() OVER () AS number, id, brand, category, colour, source, price, rating, in_stock, sold, record,
         array_to_tsvector(ARRAY(SELECT DISTINCT token FROM unnest(string_to_array(tokens, ' ')) token WHERE token <> '')) AS tokens
  FROM lines;
DROP TABLE lines;
ALTER TABLE products ADD PRIMARY KEY (number);
CREATE INDEX ON products USING gin (tokens) WITH (fastupdate = off);
CREATE INDEX ON products (category, sold DESC);
CREATE INDEX ON products (price);
CREATE TABLE words AS SELECT word, ndoc AS frequency FROM ts_stat('SELECT tokens FROM products');
CREATE INDEX ON words USING gin (word gin_trgm_ops);
VACUUM ANALYZE products;
VACUUM ANALYZE words;
