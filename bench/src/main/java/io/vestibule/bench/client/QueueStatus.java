package io.vestibule.bench.client;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * A queue as an operator sees it.
 *
 * @param capacity slots; 0 is no limit
 * @param people who are in it or in line
 * @param inflow admissions a second that are in force as a bound, set or because a node is strained; 0 is none
 */
public record QueueStatus(int capacity, int people, double inflow) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** It could not be had; with a text for people. */
  public static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    Unknown(String message) {
      super(message);
    }
  }

  /**
   * Asks a node.
   *
   * @param socket the WebSocket URL of the node
   * @param trust whom to believe when the node shows a certificate; null for whom the JVM believes
   * @param token of an operator
   */
  public static QueueStatus ask(URI socket, SSLContext trust, String token, String queue) throws Unknown, InterruptedException {
    var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
    HttpClient http = (trust == null ? builder : builder.sslContext(trust)).build();
    URI uri = URI.create(("wss".equals(socket.getScheme()) ? "https" : "http") + "://" + socket.getRawAuthority() + "/api/admin/queues");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Authorization", "Bearer " + token).build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new Unknown(uri + " does not tell the capacity (HTTP " + response.statusCode() + "): is the secret right?");
      }
      return new JsonObject(response.body()).getJsonArray("queues").stream().map(JsonObject.class::cast)
          .filter(found -> queue.equals(found.getString("queue")) && found.getString("coordinator") != null).findFirst().map(QueueStatus::of)
          .orElseThrow(() -> new Unknown("nobody leads a queue '" + queue + "'"));
    } catch (IOException e) {
      throw new Unknown("cannot reach " + uri + " for the capacity (" + e.getClass().getSimpleName() + ")");
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new Unknown(uri + " answers with something else than queues");
    }
  }

  private static QueueStatus of(JsonObject queue) {
    JsonObject slots = queue.getJsonObject("slots");
    int held = slots.getInteger("admitted") + slots.getInteger("connected") + slots.getInteger("grace");
    return new QueueStatus(queue.getInteger("capacity"), held + queue.getInteger("waiting") + queue.getInteger("away"), queue.getDouble("inflowLimit"));
  }
}
