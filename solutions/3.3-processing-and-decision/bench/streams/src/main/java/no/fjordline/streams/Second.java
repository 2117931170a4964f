package no.fjordline.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The readings of one second that wait for the watermark, one a truck. */
record Second(List<Reading> readings) {
  private static final int NO_REAR = Integer.MIN_VALUE;

  boolean has(String vehicleId) {
    for (Reading reading : readings) if (reading.vehicleId().equals(vehicleId)) return true;
    return false;
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(readings.stream().mapToInt(reading -> 20 + 3 * reading.vehicleId().length()).sum());
    for (Reading reading : readings) {
      byte[] id = reading.vehicleId().getBytes(StandardCharsets.UTF_8);
      bytes.putInt(id.length).put(id).putLong(reading.eventTime()).putInt(reading.front());
      bytes.putInt(reading.rear() == null ? NO_REAR : reading.rear());
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  static Second of(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    List<Reading> readings = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] id = new byte[bytes.getInt()];
      bytes.get(id);
      long eventTime = bytes.getLong();
      int front = bytes.getInt();
      int rear = bytes.getInt();
      readings.add(new Reading(new String(id, StandardCharsets.UTF_8), eventTime, front, rear == NO_REAR ? null : rear));
    }
    return new Second(readings);
  }
}
