-- Roles of the platform, each with the least that serves. Run by the server's administrator, as often as one likes.
-- in: passwords as settings of the session: fjord.owner, fjord.capture, fjord.sink, fjord.reader
-- out: the roles fjord (owns the data), capture (replicates), sink (writes alerts), reader (the partner API, the status page)
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['fjord', 'capture', 'sink', 'reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', role, current_setting('fjord.' || CASE role WHEN 'fjord' THEN 'owner' ELSE role END));
  END LOOP;
  ALTER ROLE capture REPLICATION;
END $$;
