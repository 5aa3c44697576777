package io.vestibule.bench.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What nodes say of themselves at {@code /metrics} (Prometheus text format 0.0.4): the sum of each name, and of each label of it, over the nodes.
 *
 * @param sums by name, and by {@code name{label="value"}}
 */
public record Figures(Map<String, Double> sums) {
  private static final Pattern LABEL = Pattern.compile("\\w+=\"[^\"]*\"");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** No figures. */
  public static final Figures NONE = new Figures(Map.of());

  public Figures {
    sums = Map.copyOf(sums);
  }

  /** Reads the text of one node; a line that is none of a series is passed over. */
  public static Figures parse(String text) {
    Map<String, Double> sums = new HashMap<>();
    for (String line : text.split("\n")) {
      int labels = line.indexOf('{');
      int space = line.lastIndexOf(' ');
      if (!line.startsWith("#") && space > 0) {
        try {
          String name = line.substring(0, labels > 0 ? labels : space);
          double value = Double.parseDouble(line.substring(space + 1));
          sums.merge(name, value, Double::sum);
          LABEL.matcher(line.substring(name.length(), space)).results().forEach(label -> sums.merge(name + '{' + label.group() + '}', value, Double::sum));
        } catch (NumberFormatException e) {
          // No series.
        }
      }
    }
    return new Figures(sums);
  }

  /**
   * Asks a node.
   *
   * @param socket the WebSocket URL of the node
   */
  public static Figures ask(URI socket) throws IOException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + socket.getRawAuthority() + "/metrics")).timeout(TIMEOUT).build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("HTTP " + response.statusCode());
    }
    return parse(response.body());
  }

  /** The sum of one, or of those with a label; NaN where no node has it. */
  public double of(String name) {
    return sums.getOrDefault(name, Double.NaN);
  }

  /** Of these nodes and others together. */
  public Figures plus(Figures others) {
    Map<String, Double> both = new HashMap<>(sums);
    others.sums.forEach((name, value) -> both.merge(name, value, Double::sum));
    return new Figures(both);
  }
}
