package no.fjordline.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What the rules remember of a compartment. Its bytes are what the state store and its changelog hold. */
final class Compartment {
  static final long NEVER = Long.MIN_VALUE;

  /** First reading of the run out of range; NEVER when the last one was in range. */
  long outSince = NEVER;
  /** This excursion has had its alert. */
  boolean raised;
  long lastRate = NEVER;
  /** Plausible temperatures within the last window, oldest first: seconds, and hundredths of a degree. */
  long[] times = new long[64];
  int[] temperatures = new int[64];
  int count;

  /** Forgets what is from before that second. */
  void forgetBefore(long second) {
    int first = 0;
    while (first < count && times[first] < second) first++;
    if (first == 0) return;
    count -= first;
    System.arraycopy(times, first, times, 0, count);
    System.arraycopy(temperatures, first, temperatures, 0, count);
  }

  void remember(long second, int temperature) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
      temperatures = Arrays.copyOf(temperatures, 2 * count);
    }
    times[count] = second;
    temperatures[count++] = temperature;
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(17 + 12 * count);
    bytes.putLong(outSince).put((byte) (raised ? 1 : 0)).putLong(lastRate);
    for (int i = 0; i < count; i++) bytes.putLong(times[i]).putInt(temperatures[i]);
    return bytes.array();
  }

  static Compartment of(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    Compartment state = new Compartment();
    state.outSince = bytes.getLong();
    state.raised = bytes.get() == 1;
    state.lastRate = bytes.getLong();
    while (bytes.hasRemaining()) state.remember(bytes.getLong(), bytes.getInt());
    return state;
  }
}
