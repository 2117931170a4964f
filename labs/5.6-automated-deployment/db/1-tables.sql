-- The business's tables (lab 5.1 makes them by itself; here they are given). Run by the image once, when its data folder is empty.
CREATE TABLE depots (
  depot_id text PRIMARY KEY,
  name text NOT NULL,
  latitude numeric NOT NULL,
  longitude numeric NOT NULL,
  docks integer NOT NULL,
  vaccine_store boolean NOT NULL,
  opened_on date NOT NULL
);

CREATE TABLE vehicles (
  vehicle_id text PRIMARY KEY,
  plate text NOT NULL,
  home_depot_id text NOT NULL REFERENCES depots,
  model text NOT NULL,
  payload_kg integer NOT NULL,
  tail_lift boolean NOT NULL,
  in_service_on date NOT NULL,
  front_cargo text NOT NULL,
  front_min_c numeric NOT NULL,
  front_max_c numeric NOT NULL,
  rear_cargo text,
  rear_min_c numeric,
  rear_max_c numeric
);

CREATE TABLE shipments (
  shipment_id uuid PRIMARY KEY,
  customer text NOT NULL,
  origin_depot_id text NOT NULL REFERENCES depots,
  destination_depot_id text NOT NULL REFERENCES depots,
  vehicle_id text REFERENCES vehicles,
  compartment text,
  cargo text NOT NULL,
  weight_kg numeric NOT NULL,
  parcels integer NOT NULL,
  priority boolean NOT NULL,
  status text NOT NULL,
  due_on date NOT NULL,
  booked_at timestamptz NOT NULL,
  loaded_at timestamptz,
  departed_at timestamptz,
  arrived_at timestamptz,
  delivered_at timestamptz,
  note text
);
