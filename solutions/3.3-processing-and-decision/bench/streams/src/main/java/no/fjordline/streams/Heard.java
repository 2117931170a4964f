package no.fjordline.streams;

import java.nio.ByteBuffer;

/** When a truck was heard last, and whether the present silence has had its alert. */
record Heard(long last, boolean silent) {
  byte[] toBytes() {
    return ByteBuffer.allocate(9).putLong(last).put((byte) (silent ? 1 : 0)).array();
  }

  static Heard of(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    return new Heard(bytes.getLong(), bytes.get() == 1);
  }
}
