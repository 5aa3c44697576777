package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Nodes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Publishes by HTTP with an {@code Idempotency-Key}, as an application's server does, at one node after the other. */
final class HttpAuthor extends Author {
  private static final Duration ANSWER = Duration.ofSeconds(12);

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(3)).build();

  HttpAuthor(String name, History history, Doors doors, List<String> topics, long pauseNanos, long seed) {
    super(name, history, doors, topics, 1, pauseNanos, seed);
  }

  @Override
  void send(String topic, List<Sent> messages) {
    for (Sent message : messages) {
      message.attempted();
      try {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(doors.any(random) + "/api/publish")).timeout(ANSWER)
            .header("X-API-Key", Nodes.API_KEY).header("Content-Type", "application/json").header("Idempotency-Key", message.id())
            .POST(HttpRequest.BodyPublishers.ofString(new JsonObject().put("topic", topic).put("data", new JsonObject().put("id", message.id())).encode())).build(), BodyHandlers.ofString());
        JsonObject body = new JsonObject(answer.body());
        if (answer.statusCode() == 200) {
          acknowledged(message, Place.of(body), body.getBoolean("duplicate", false));
        } else {
          refused(message, body.getString("reason"));
        }
      } catch (IOException noAnswer) {
        return;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
