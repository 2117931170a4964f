package no.fjordline.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** From the bytes of a message to a reading, or to the reason why there is none. Of one thread: decoder and record are used again. */
final class ReadingDecoder {
  /** Why a message cannot be judged. */
  static final class Rejected extends Exception {
    Rejected(String reason) {
      // Nobody looks at the stack, and filling it costs more than decoding.
      super(reason, null, false, false);
    }
  }

  private static final int HEADER = 5;
  private final Registry registry;
  private final Fleet fleet;
  private final Schema schema;
  private final GenericData data = new GenericData();
  /** By schema id; empty for a schema that ours cannot follow. */
  private final Map<Integer, Optional<GenericDatumReader<GenericRecord>>> readers = new HashMap<>();
  private BinaryDecoder decoder;
  private GenericRecord record;

  ReadingDecoder(Registry registry, Fleet fleet, Schema schema) {
    this.registry = registry;
    this.fleet = fleet;
    this.schema = schema;
    data.setFastReaderEnabled(true);
  }

  Reading decode(byte[] value) throws Rejected {
    if (value == null || value.length < HEADER || value[0] != 0) throw new Rejected("unframed");
    GenericDatumReader<GenericRecord> reader = readerOf(ByteBuffer.wrap(value).getInt(1));
    read(reader, value);
    double front = (double) record.get("front_c");
    Double rear = (Double) record.get("rear_c");
    if (!Double.isFinite(front) || (rear != null && !Double.isFinite(rear))) throw new Rejected("not-a-number");
    String vehicleId = record.get("vehicle_id").toString();
    if (fleet.get(vehicleId) == null) throw new Rejected("unknown-vehicle");
    long eventTime = Math.floorDiv((long) record.get("event_time"), 1000L);
    return new Reading(vehicleId, eventTime, centi(front), rear == null ? null : centi(rear));
  }

  private void read(GenericDatumReader<GenericRecord> reader, byte[] value) throws Rejected {
    try {
      decoder = DecoderFactory.get().binaryDecoder(value, HEADER, value.length - HEADER, decoder);
      record = reader.read(record, decoder);
      if (!decoder.isEnd()) throw new Rejected("undecodable");
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException error) {
      throw new Rejected("undecodable");
    }
  }

  private GenericDatumReader<GenericRecord> readerOf(int id) throws Rejected {
    Optional<GenericDatumReader<GenericRecord>> known = readers.get(id);
    if (known == null) {
      // What nobody knows is asked for again: somebody may register it later.
      String text = registry.schema(id).orElseThrow(() -> new Rejected("unknown-schema"));
      known = follow(text);
      readers.put(id, known);
    }
    return known.orElseThrow(() -> new Rejected("undecodable"));
  }

  private Optional<GenericDatumReader<GenericRecord>> follow(String text) {
    try {
      Schema writer = new Schema.Parser().parse(text);
      boolean compatible = SchemaCompatibility.checkReaderWriterCompatibility(schema, writer).getType() == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
      return compatible ? Optional.of(new GenericDatumReader<>(writer, schema, data)) : Optional.empty();
    } catch (AvroRuntimeException error) {
      return Optional.empty();
    }
  }

  private static int centi(double degrees) {
    return (int) Math.round(degrees * 100);
  }
}
