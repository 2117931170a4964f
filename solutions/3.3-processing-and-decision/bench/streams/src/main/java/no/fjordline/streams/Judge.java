package no.fjordline.streams;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One partition of the readings: its watermark, what waits for it, and the trucks in it. Readings come to the rules in the order of event time,
 * however they arrive. A partition is a task of Kafka Streams, and its state lies in the task's stores.
 */
final class Judge implements Processor<byte[], byte[], byte[], byte[]> {
  /** Stores: by truck, by truck and compartment, by second, and one number for the partition. */
  static final String HEARD = "heard";
  static final String COMPARTMENTS = "compartments";
  static final String WAITING = "waiting";
  static final String HIGHEST = "highest";
  static final String ALERTS = "alerts";
  static final String REJECTS = "rejects";
  private static final String OF_THE_PARTITION = "partition";

  private final Settings settings;
  private final Fleet fleet;
  private final Rules rules;
  private final ReadingDecoder decoder;
  private final AlertEncoder encoder;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, Heard> heard;
  private KeyValueStore<String, Compartment> compartments;
  private KeyValueStore<Long, Second> waiting;
  private KeyValueStore<String, Long> highestStore;
  /** Null until the partition's first reading. */
  private Long highest;

  Judge(Settings settings, Fleet fleet, ReadingDecoder decoder, AlertEncoder encoder) {
    this.settings = settings;
    this.fleet = fleet;
    this.rules = new Rules(settings);
    this.decoder = decoder;
    this.encoder = encoder;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    heard = context.getStateStore(HEARD);
    compartments = context.getStateStore(COMPARTMENTS);
    waiting = context.getStateStore(WAITING);
    highestStore = context.getStateStore(HIGHEST);
    highest = highestStore.get(OF_THE_PARTITION);
  }

  @Override
  public void process(Record<byte[], byte[]> message) {
    try {
      Reading reading = decoder.decode(message.value());
      if (highest != null && reading.eventTime() < watermark()) throw new ReadingDecoder.Rejected("too-late");
      arrive(reading);
    } catch (ReadingDecoder.Rejected rejected) {
      reject(message, rejected.getMessage());
    }
  }

  private long watermark() {
    return highest - settings.maxLateness();
  }

  private void arrive(Reading reading) {
    long at = reading.eventTime();
    Heard before = heard.get(reading.vehicleId());
    // Judged already, so it is here for the second time.
    if (before != null && at <= before.last()) return;
    Second second = waiting.get(at);
    if (second == null) second = new Second(new ArrayList<>());
    if (second.has(reading.vehicleId())) return;
    second.readings().add(reading);
    waiting.put(at, second);
    boolean moved = highest == null || at > highest;
    if (moved) {
      highest = at;
      highestStore.put(OF_THE_PARTITION, highest);
    }
    // Otherwise nothing that waits has been reached that had not been before.
    if (moved || at == watermark()) judge();
  }

  /** Judges every reading that the watermark has reached, second by second, and then who has been silent until then. */
  private void judge() {
    List<Long> judged = new ArrayList<>();
    try (KeyValueIterator<Long, Second> reached = waiting.range(0L, watermark())) {
      while (reached.hasNext()) {
        KeyValue<Long, Second> next = reached.next();
        for (Reading reading : next.value.readings()) judge(reading);
        judged.add(next.key);
      }
    }
    for (Long second : judged) waiting.delete(second);
    List<KeyValue<String, Heard>> silent = new ArrayList<>();
    try (KeyValueIterator<String, Heard> trucks = heard.all()) {
      while (trucks.hasNext()) {
        KeyValue<String, Heard> truck = trucks.next();
        if (rules.silence(truck.value, watermark())) silent.add(truck);
      }
    }
    for (KeyValue<String, Heard> truck : silent) {
      alert(rules.silenceOf(truck.key, truck.value));
      heard.put(truck.key, new Heard(truck.value.last(), true));
    }
  }

  private void judge(Reading reading) {
    String vehicleId = reading.vehicleId();
    Heard before = heard.get(vehicleId);
    if (before != null && rules.silence(before, reading.eventTime())) alert(rules.silenceOf(vehicleId, before));
    heard.put(vehicleId, new Heard(reading.eventTime(), false));
    Fleet.Vehicle vehicle = fleet.get(vehicleId);
    judge(reading, "front", vehicle.front(), reading.front());
    judge(reading, "rear", vehicle.rear(), reading.rear());
  }

  private void judge(Reading reading, String compartment, Fleet.Range range, Integer value) {
    if (range == null || value == null || !Rules.plausible(value)) return;
    String key = reading.vehicleId() + "/" + compartment;
    Compartment state = compartments.get(key);
    if (state == null) state = new Compartment();
    long at = reading.eventTime();
    long since = rules.threshold(range, state, at, value);
    if (since != Rules.NO) alert(new Alert("threshold", reading.vehicleId(), compartment, at, since, value));
    since = rules.change(state, at, value);
    if (since != Rules.NO) alert(new Alert("rate-of-change", reading.vehicleId(), compartment, at, since, value));
    compartments.put(key, state);
  }

  private void alert(Alert alert) {
    byte[] key = alert.id().getBytes(StandardCharsets.UTF_8);
    context.forward(new Record<>(key, encoder.encode(alert), context.currentSystemTimeMs()), ALERTS);
  }

  private void reject(Record<byte[], byte[]> message, String reason) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    RecordHeaders headers = new RecordHeaders();
    headers.add("reason", reason.getBytes(StandardCharsets.UTF_8));
    headers.add("origin", (from.topic() + "/" + from.partition() + "/" + from.offset()).getBytes(StandardCharsets.UTF_8));
    context.forward(message.withHeaders(headers), REJECTS);
  }
}
