package no.fjordline.streams;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** The trucks of vehicles.csv and the range of each compartment. */
final class Fleet {
  /** Hundredths of a degree, both ends in range. */
  record Range(int min, int max) {}

  /** {@code rear} is null when the truck has no rear compartment. */
  record Vehicle(Range front, Range rear) {}

  private final Map<String, Vehicle> vehicles = new HashMap<>();

  static Fleet read(String csv) throws IOException {
    Fleet fleet = new Fleet();
    try (Reader text = Files.newBufferedReader(Path.of(csv))) {
      for (CSVRecord row : CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get().parse(text)) {
        Range rear = row.get("rear_cargo").isEmpty() ? null : range(row, "rear");
        fleet.vehicles.put(row.get("vehicle_id"), new Vehicle(range(row, "front"), rear));
      }
    }
    return fleet;
  }

  /** The truck of that id; null when there is none. */
  Vehicle get(String vehicleId) {
    return vehicles.get(vehicleId);
  }

  private static Range range(CSVRecord row, String compartment) {
    return new Range(centi(row.get(compartment + "_min_c")), centi(row.get(compartment + "_max_c")));
  }

  private static int centi(String degrees) {
    return (int) Math.round(Double.parseDouble(degrees) * 100);
  }
}
