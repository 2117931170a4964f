-- The tables and rules of the process. Whoever writes to the database, with whatever program, these must hold:
-- so they are constraints and triggers, not code in a worker. Run once, in one transaction.

CREATE TABLE trips (
  trip_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  vehicle_id text NOT NULL REFERENCES vehicles (vehicle_id),
  origin_depot_id text NOT NULL REFERENCES depots (depot_id),
  destination_depot_id text NOT NULL REFERENCES depots (depot_id),
  departed_at timestamptz NOT NULL,
  arrived_at timestamptz CHECK (arrived_at > departed_at),
  CHECK (origin_depot_id <> destination_depot_id)
);
-- A vehicle is under way once or not at all.
CREATE UNIQUE INDEX trips_under_way ON trips (vehicle_id) WHERE arrived_at IS NULL;
CREATE INDEX trips_of_vehicle ON trips (vehicle_id, departed_at);

CREATE TABLE shipment_events (
  shipment_id uuid NOT NULL REFERENCES shipments (shipment_id),
  state text NOT NULL,
  at timestamptz NOT NULL,
  trip_id bigint REFERENCES trips (trip_id),
  PRIMARY KEY (shipment_id, state)
);

CREATE TABLE trip_readings (
  vehicle_id text NOT NULL REFERENCES vehicles (vehicle_id),
  seq integer NOT NULL,
  trip_id bigint NOT NULL REFERENCES trips (trip_id),
  event_time timestamptz NOT NULL,
  front_c numeric NOT NULL,
  rear_c numeric,
  PRIMARY KEY (vehicle_id, seq)
);
CREATE INDEX readings_of_trip ON trip_readings (trip_id);
CREATE INDEX shipments_of_vehicle ON shipments (vehicle_id, status);

-- What happened before the process began: the trips and states that the shipments tell of.
INSERT INTO trips (vehicle_id, origin_depot_id, destination_depot_id, departed_at, arrived_at)
  SELECT vehicle_id, origin_depot_id, destination_depot_id, departed_at, max(arrived_at)
  FROM shipments WHERE departed_at IS NOT NULL
  GROUP BY vehicle_id, origin_depot_id, destination_depot_id, departed_at ORDER BY departed_at;
INSERT INTO shipment_events (shipment_id, state, at, trip_id)
  SELECT s.shipment_id, e.state, e.at, CASE WHEN e.state IN ('in_transit', 'arrived', 'delivered') THEN t.trip_id END
  FROM shipments s
  CROSS JOIN LATERAL (VALUES ('booked', booked_at), ('loaded', loaded_at), ('in_transit', departed_at), ('arrived', arrived_at),
                             ('delivered', delivered_at)) AS e (state, at)
  LEFT JOIN trips t ON t.vehicle_id = s.vehicle_id AND t.departed_at = s.departed_at
  WHERE e.at IS NOT NULL;

-- Where a vehicle stands: where its last trip ended (nowhere while it is under way); before its first trip where it is loaded, else at home.
CREATE FUNCTION place_of(vehicle text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT CASE WHEN arrived_at IS NULL THEN 'on the road' ELSE destination_depot_id END
     FROM trips WHERE vehicle_id = vehicle ORDER BY departed_at DESC LIMIT 1),
    (SELECT origin_depot_id FROM shipments WHERE vehicle_id = vehicle AND status = 'loaded' LIMIT 1),
    (SELECT home_depot_id FROM vehicles WHERE vehicle_id = vehicle))
$$;

CREATE FUNCTION check_trip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.arrived_at IS NOT NULL OR NEW.arrived_at IS NULL
       OR (NEW.trip_id, NEW.vehicle_id, NEW.origin_depot_id, NEW.destination_depot_id, NEW.departed_at)
          IS DISTINCT FROM (OLD.trip_id, OLD.vehicle_id, OLD.origin_depot_id, OLD.destination_depot_id, OLD.departed_at) THEN
      RAISE EXCEPTION 'trip %: all that can change is that it ends', OLD.trip_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  -- Whoever changes what a vehicle does holds its row: two of them take turns, and the second sees what the first has done.
  PERFORM FROM vehicles WHERE vehicle_id = NEW.vehicle_id FOR NO KEY UPDATE;
  IF place_of(NEW.vehicle_id) <> NEW.origin_depot_id THEN
    RAISE EXCEPTION 'vehicle % is not at % but %', NEW.vehicle_id, NEW.origin_depot_id, place_of(NEW.vehicle_id)
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.departed_at <= (SELECT max(arrived_at) FROM trips WHERE vehicle_id = NEW.vehicle_id) THEN
    RAISE EXCEPTION 'vehicle % cannot depart before it arrived', NEW.vehicle_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_trip BEFORE INSERT OR UPDATE ON trips FOR EACH ROW EXECUTE FUNCTION check_trip();

CREATE FUNCTION check_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  states CONSTANT text[] := ARRAY['booked', 'loaded', 'in_transit', 'arrived', 'delivered'];
  reached CONSTANT int := coalesce(array_position(states, NEW.status), 0);
  times CONSTANT timestamptz[] := ARRAY[NEW.booked_at, NEW.loaded_at, NEW.departed_at, NEW.arrived_at, NEW.delivered_at];
  trip trips;
BEGIN
  IF NEW.status = OLD.status THEN
    IF OLD.status <> 'booked' AND (NEW.vehicle_id, NEW.origin_depot_id, NEW.destination_depot_id, NEW.weight_kg, times)
       IS DISTINCT FROM (OLD.vehicle_id, OLD.origin_depot_id, OLD.destination_depot_id, OLD.weight_kg,
                         ARRAY[OLD.booked_at, OLD.loaded_at, OLD.departed_at, OLD.arrived_at, OLD.delivered_at]) THEN
      RAISE EXCEPTION 'shipment %: it is % and cannot be changed', OLD.shipment_id, OLD.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF reached IS DISTINCT FROM array_position(states, OLD.status) + 1 THEN
    RAISE EXCEPTION 'shipment %: % does not follow %', OLD.shipment_id, NEW.status, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  IF times[reached] IS NULL OR times[reached] <= times[reached - 1] THEN
    RAISE EXCEPTION 'shipment %: the time of % must be later than that of %', OLD.shipment_id, NEW.status, OLD.status
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM FROM vehicles WHERE vehicle_id = NEW.vehicle_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'shipment %: no vehicle', OLD.shipment_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'loaded' THEN
    IF place_of(NEW.vehicle_id) <> NEW.origin_depot_id THEN
      RAISE EXCEPTION 'shipment %: vehicle % is not at %', OLD.shipment_id, NEW.vehicle_id, NEW.origin_depot_id
        USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.weight_kg + (SELECT coalesce(sum(weight_kg), 0) FROM shipments WHERE vehicle_id = NEW.vehicle_id AND status IN ('loaded', 'in_transit'))
       > (SELECT payload_kg FROM vehicles WHERE vehicle_id = NEW.vehicle_id) THEN
      RAISE EXCEPTION 'shipment %: too heavy for what vehicle % has on board', OLD.shipment_id, NEW.vehicle_id USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.status IN ('in_transit', 'arrived') THEN
    SELECT * INTO trip FROM trips WHERE vehicle_id = NEW.vehicle_id ORDER BY departed_at DESC LIMIT 1;
    IF (trip.origin_depot_id, trip.destination_depot_id, trip.departed_at) IS DISTINCT FROM
       (NEW.origin_depot_id, NEW.destination_depot_id, NEW.departed_at)
       OR (NEW.status = 'in_transit' AND trip.arrived_at IS NOT NULL)
       OR (NEW.status = 'arrived' AND trip.arrived_at IS DISTINCT FROM NEW.arrived_at) THEN
      RAISE EXCEPTION 'shipment %: vehicle % has no such trip', OLD.shipment_id, NEW.vehicle_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  -- The history is written by whoever moves the shipment, in the same transaction, because it is written here.
  INSERT INTO shipment_events (shipment_id, state, at, trip_id)
    VALUES (NEW.shipment_id, NEW.status, times[reached],
            (SELECT trip_id FROM trips WHERE reached >= 3 AND vehicle_id = NEW.vehicle_id AND departed_at = NEW.departed_at));
  RETURN NEW;
END $$;
CREATE TRIGGER check_shipment BEFORE UPDATE ON shipments FOR EACH ROW EXECUTE FUNCTION check_shipment();

CREATE FUNCTION check_new_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'booked' OR coalesce(NEW.loaded_at, NEW.departed_at, NEW.arrived_at, NEW.delivered_at) IS NOT NULL THEN
    RAISE EXCEPTION 'shipment %: a new one is booked and nothing else', NEW.shipment_id USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO shipment_events (shipment_id, state, at) VALUES (NEW.shipment_id, 'booked', NEW.booked_at);
  RETURN NULL;
END $$;
CREATE TRIGGER check_new_shipment AFTER INSERT ON shipments FOR EACH ROW EXECUTE FUNCTION check_new_shipment();

CREATE FUNCTION check_reading() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trip trips;
BEGIN
  PERFORM FROM vehicles WHERE vehicle_id = NEW.vehicle_id FOR NO KEY UPDATE;
  SELECT * INTO trip FROM trips WHERE trip_id = NEW.trip_id;
  IF trip.vehicle_id IS DISTINCT FROM NEW.vehicle_id OR trip.arrived_at IS NOT NULL OR NEW.event_time <= trip.departed_at THEN
    RAISE EXCEPTION 'vehicle % is not on trip %', NEW.vehicle_id, NEW.trip_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM trip_readings WHERE vehicle_id = NEW.vehicle_id) THEN
    RAISE EXCEPTION 'vehicle %: seq % is not the next one', NEW.vehicle_id, NEW.seq USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_reading BEFORE INSERT ON trip_readings FOR EACH ROW EXECUTE FUNCTION check_reading();
