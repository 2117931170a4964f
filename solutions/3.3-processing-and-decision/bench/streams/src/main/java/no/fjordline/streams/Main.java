package no.fjordline.streams;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The processor of lab 3.3 on Kafka Streams, to be measured beside the one in TypeScript: the same environment, the same topics, the same alerts.
 *
 * <p>Durability is that of the other: everything written is acknowledged (acks=all) before an offset is committed, at least once, and all
 * state is in changelog topics of the broker. Where a choice is free, the faster one is taken:
 * <ul>
 *   <li>stores in memory (RocksDB would write each change to disk as well), with Streams' record caches: a key that changes many times between two
 *       commits is written to its changelog once;</li>
 *   <li>a commit every 100 ms; the other commits every 2,000 messages, which is more often;</li>
 *   <li>as many threads as STREAM_THREADS says: the benchmark gives it one a partition, while the other has one for everything.</li>
 * </ul>
 *
 * <p>Left out, which spares it work: partitions that are idle are not pulled along by the others. A benchmark has none.
 */
public final class Main {
  private static final long COMMIT_EVERY_MS = 100;

  private Main() {}

  public static void main(String[] args) throws IOException {
    Settings settings = Settings.of(System.getenv());
    KafkaStreams streams = new KafkaStreams(topology(settings), properties(settings));
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) System.out.println("ready");
    });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }

  private static Topology topology(Settings settings) throws IOException {
    Fleet fleet = Fleet.read(settings.vehiclesCsv());
    Registry registry = new Registry(settings.registryUrl());
    Schema reading = schema("reading.avsc");
    Schema alert = schema("alert.avsc");
    int alertId = registry.register(settings.alerts() + "-value", alert);
    Serde<byte[]> bytes = Serdes.ByteArray();
    return new Topology()
        .addSource("readings", bytes.deserializer(), bytes.deserializer(), settings.readings())
        .addProcessor(
            "judge",
            () -> new Judge(settings, fleet, new ReadingDecoder(registry, fleet, reading), new AlertEncoder(alert, alertId)),
            "readings")
        .addStateStore(store(Judge.HEARD, Serdes.String(), serde(Heard::toBytes, Heard::of)), "judge")
        .addStateStore(store(Judge.COMPARTMENTS, Serdes.String(), serde(Compartment::toBytes, Compartment::of)), "judge")
        .addStateStore(store(Judge.WAITING, Serdes.Long(), serde(Second::toBytes, Second::of)), "judge")
        .addStateStore(store(Judge.HIGHEST, Serdes.String(), Serdes.Long()), "judge")
        .addSink(Judge.ALERTS, settings.alerts(), bytes.serializer(), bytes.serializer(), "judge")
        .addSink(Judge.REJECTS, settings.rejects(), bytes.serializer(), bytes.serializer(), "judge");
  }

  private static Properties properties(Settings settings) {
    Properties properties = new Properties();
    properties.putAll(Map.of(
        StreamsConfig.APPLICATION_ID_CONFIG, settings.groupId(),
        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers(),
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE,
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_EVERY_MS,
        StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads(),
        StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir") + "/streams",
        StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all"));
    return properties;
  }

  private static <K, V> StoreBuilder<?> store(String name, Serde<K> key, Serde<V> value) {
    KeyValueBytesStoreSupplier inMemory = Stores.inMemoryKeyValueStore(name);
    return Stores.keyValueStoreBuilder(inMemory, key, value).withCachingEnabled().withLoggingEnabled(Map.of());
  }

  /** Null stands for a key that is deleted. */
  private static <T> Serde<T> serde(Function<T, byte[]> write, Function<byte[], T> read) {
    return Serdes.serdeFrom(
        (topic, value) -> value == null ? null : write.apply(value), (topic, stored) -> stored == null ? null : read.apply(stored));
  }

  private static Schema schema(String name) throws IOException {
    try (InputStream text = Main.class.getResourceAsStream("/" + name)) {
      return new Schema.Parser().parse(text);
    }
  }
}
