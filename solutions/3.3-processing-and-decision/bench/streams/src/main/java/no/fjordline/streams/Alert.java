package no.fjordline.streams;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** An alert before it becomes a message; {@code compartment} and {@code value} are null with silence. */
record Alert(String rule, String vehicleId, String compartment, long dueAt, long since, Integer value) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Made of what the alert is about and of nothing else: judged again, it is the same. */
  String id() {
    String where = compartment == null ? "truck" : compartment;
    return vehicleId + "/" + where + "/" + rule + "/" + TIME.format(Instant.ofEpochSecond(dueAt));
  }
}
