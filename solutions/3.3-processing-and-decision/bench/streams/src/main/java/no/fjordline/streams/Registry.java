package no.fjordline.streams;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/** The schema registry over HTTP. One that is away is asked again until it answers: that is no message's fault. */
final class Registry {
  private static final long AGAIN_AFTER_MS = 250;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;

  Registry(String url) {
    this.url = url;
  }

  /** The text of the schema with that id; empty when the registry says that there is none. */
  Optional<String> schema(int id) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/schemas/ids/" + id)).timeout(Duration.ofSeconds(5)).build();
    return ask(request).map(body -> read(body, "schema"));
  }

  /** Registers a schema; the same again has the same id. */
  int register(String subject, Schema schema) {
    String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(5))
        .header("content-type", "application/vnd.schemaregistry.v1+json")
        .POST(HttpRequest.BodyPublishers.ofString(json.valueToTree(Map.of("schema", schema.toString())).toString()))
        .build();
    return Integer.parseInt(ask(request).map(body -> read(body, "id")).orElseThrow());
  }

  private Optional<String> ask(HttpRequest request) {
    try {
      while (true) {
        try {
          HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() == 404) return Optional.empty();
          if (response.statusCode() == 200) return Optional.of(response.body());
          System.err.println("registry: " + response.statusCode() + " " + response.body());
        } catch (IOException error) {
          System.err.println("registry: " + error);
        }
        Thread.sleep(AGAIN_AFTER_MS);
      }
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(error);
    }
  }

  private String read(String body, String field) {
    try {
      return json.readTree(body).get(field).asText();
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }
}
