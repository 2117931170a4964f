package no.fjordline.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Alerts as framed Avro. */
final class AlertEncoder {
  private final Schema schema;
  private final int id;

  AlertEncoder(Schema schema, int id) {
    this.schema = schema;
    this.id = id;
  }

  byte[] encode(Alert alert) {
    GenericRecord fields = new GenericData.Record(schema);
    fields.put("id", alert.id());
    fields.put("rule", alert.rule());
    fields.put("vehicle_id", alert.vehicleId());
    fields.put("compartment", alert.compartment());
    fields.put("due_at", alert.dueAt() * 1000);
    fields.put("since", alert.since() * 1000);
    fields.put("value_c", alert.value() == null ? null : alert.value() / 100.0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(schema).write(fields, encoder);
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
    return bytes.toByteArray();
  }
}
