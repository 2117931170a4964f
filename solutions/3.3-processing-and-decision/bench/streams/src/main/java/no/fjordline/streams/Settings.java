package no.fjordline.streams;

import java.util.Map;

/** The environment of the processor: the variables of the lesson, with its defaults, and STREAM_THREADS. Seconds, and hundredths of a degree. */
record Settings(
    String brokers, String registryUrl, String groupId, String readings, String alerts, String rejects, String vehiclesCsv,
    int threads, long maxLateness, long grace, long rateWindow, int rateDelta, long rateHoldOff, long silence) {

  static Settings of(Map<String, String> env) {
    return new Settings(
        env.getOrDefault("KAFKA_BROKERS", "127.0.0.1:9094"),
        env.getOrDefault("REGISTRY_URL", "http://127.0.0.1:8081"),
        env.getOrDefault("GROUP_ID", "processor"),
        env.getOrDefault("READINGS_TOPIC", "readings"),
        env.getOrDefault("ALERTS_TOPIC", "alerts"),
        env.getOrDefault("REJECTS_TOPIC", "rejects"),
        env.getOrDefault("VEHICLES_CSV", "vehicles.csv"),
        (int) number(env, "STREAM_THREADS", "1"),
        number(env, "MAX_LATENESS_SECONDS", "180"),
        number(env, "GRACE_SECONDS", "60"),
        number(env, "RATE_WINDOW_SECONDS", "60"),
        (int) Math.round(Double.parseDouble(env.getOrDefault("RATE_DELTA_C", "2")) * 100),
        number(env, "RATE_HOLD_OFF_SECONDS", "300"),
        number(env, "SILENCE_SECONDS", "120"));
  }

  private static long number(Map<String, String> env, String name, String fallback) {
    return Long.parseLong(env.getOrDefault(name, fallback));
  }
}
