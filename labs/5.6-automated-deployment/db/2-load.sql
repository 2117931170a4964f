-- The three CSV files, which are expected in /data.
COPY depots FROM '/data/depots.csv' WITH (FORMAT csv, HEADER);
COPY vehicles FROM '/data/vehicles.csv' WITH (FORMAT csv, HEADER);
COPY shipments FROM '/data/shipments.csv' WITH (FORMAT csv, HEADER);
