-- Each booking has exactly one charge: one without the other is half done.
CREATE TABLE bookings (id text PRIMARY KEY, shipment text NOT NULL);
CREATE TABLE charges (booking text NOT NULL, note text NOT NULL);
