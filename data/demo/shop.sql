-- The sample shop's tables. They are ordinary on purpose: normal forms, foreign keys, no column for the search engine.
--
-- The primary key of every child table contains product_id. An update or delete of a child row then tells its product
-- with PostgreSQL's default replica identity (the primary key); no table needs REPLICA IDENTITY FULL.
-- Deleting a product is one statement: the child rows go with it.

CREATE TABLE brands (
  id   integer PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE categories (
  id        integer PRIMARY KEY,
  parent_id integer REFERENCES categories (id),
  name      text NOT NULL,
  UNIQUE NULLS NOT DISTINCT (parent_id, name)  -- also finds the children of a category
);

CREATE TABLE products (
  id          bigint PRIMARY KEY,
  title       text NOT NULL,
  description text NOT NULL,
  brand_id    integer NOT NULL REFERENCES brands (id),
  category_id integer NOT NULL REFERENCES categories (id),
  ean         text NOT NULL UNIQUE CHECK (ean ~ '^[0-9]{13}$'),
  model       text UNIQUE,                     -- groceries, books and a few others have none
  language    text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
  released    date NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX products_brand_id ON products (brand_id);        -- a renamed brand finds its products
CREATE INDEX products_category_id ON products (category_id);  -- so does a renamed or moved category

CREATE TABLE variants (
  product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  sku        text NOT NULL UNIQUE,
  colour     text,
  size       text,
  material   text,                             -- 'cotton' or a blend: 'cotton + elastane'
  PRIMARY KEY (product_id, sku)
);

CREATE TABLE prices (
  product_id bigint PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
  price      numeric(10,2) NOT NULL CHECK (price >= 0),
  list_price numeric(10,2) NOT NULL,           -- the price before a reduction; the same as price when there is none
  CHECK (list_price >= price)
);

CREATE TABLE inventory (
  product_id bigint PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
  stock      integer NOT NULL CHECK (stock >= 0)
);

CREATE TABLE reviews (
  product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  id         integer NOT NULL,                 -- counts from 1 within the product
  rating     smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  author     text NOT NULL,
  text       text NOT NULL,
  PRIMARY KEY (product_id, id)
);
CREATE INDEX reviews_rating ON reviews (product_id) INCLUDE (rating);  -- averages without reading the texts
