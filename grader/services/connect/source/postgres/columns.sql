-- In: $1 = oid of the table. Out: one row a column in its order: name, typmod, required, type, array, labels (enum), key (place in the
-- primary key, -1: none), default (as an expression).
WITH RECURSIVE base(att, oid, typmod, required) AS (
  SELECT a.attnum, a.atttypid, a.atttypmod, a.attnotnull FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT b.att, t.typbasetype, CASE WHEN b.typmod >= 0 THEN b.typmod ELSE t.typtypmod END, b.required OR t.typnotnull
  FROM base b JOIN pg_type t ON t.oid = b.oid WHERE t.typtype = 'd'
)
SELECT a.attname AS name, b.typmod, b.required, coalesce(e.typname, t.typname) AS type, e.oid IS NOT NULL AS array,
  (SELECT string_agg(l.enumlabel, ',' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = coalesce(e.oid, t.oid)) AS labels,
  coalesce(array_position(i.indkey::int2[], a.attnum), -1) AS key,
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default
FROM base b JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = b.att JOIN pg_type t ON t.oid = b.oid AND t.typtype <> 'd'
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
  LEFT JOIN pg_index i ON i.indrelid = $1 AND i.indisprimary
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
ORDER BY a.attnum
