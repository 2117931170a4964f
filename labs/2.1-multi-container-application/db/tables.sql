-- Run once, when the volume of db is new.
CREATE TABLE vehicles (id text PRIMARY KEY, plate text NOT NULL, payload_kg integer NOT NULL CHECK (payload_kg > 0));
INSERT INTO vehicles SELECT 'V-' || lpad(n::text, 4, '0'), 'FJ ' || (10000 + n * 7), 8000 + n % 5 * 1000 FROM generate_series(1, 50) AS n;
