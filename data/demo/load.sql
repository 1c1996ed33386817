-- Loads the CSV files of `generate.py --format sql --out DIR` into the tables of shop.sql, all or nothing:
--   psql -v ON_ERROR_STOP=1 -v dir=DIR -f load.sql
-- \copy itself knows no variables, \cd does.
\cd :dir
BEGIN;
\copy brands FROM 'brands.csv' WITH (FORMAT csv, HEADER match)
\copy categories FROM 'categories.csv' WITH (FORMAT csv, HEADER match)
\copy products FROM 'products.csv' WITH (FORMAT csv, HEADER match)
\copy variants FROM 'variants.csv' WITH (FORMAT csv, HEADER match)
\copy prices FROM 'prices.csv' WITH (FORMAT csv, HEADER match)
\copy inventory FROM 'inventory.csv' WITH (FORMAT csv, HEADER match)
\copy reviews FROM 'reviews.csv' WITH (FORMAT csv, HEADER match)
COMMIT;
VACUUM ANALYZE;
