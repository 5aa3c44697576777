package io.vestibule.node.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.ProcessFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A call of an operator to a running node. Blocking. */
final class OperatorCall {
  /** Longer than the node itself waits for the others. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final URI node;
  private final String token;

  /**
   * Calls to a node.
   *
   * @throws ProcessFailure if the URL is none
   */
  OperatorCall(URI node, String token) {
    if (!"http".equals(node.getScheme()) && !"https".equals(node.getScheme()) || node.getHost() == null) {
      throw new ProcessFailure(ExitCode.USAGE, "--url '" + node + "' is not a URL such as http://127.0.0.1:8080");
    }
    this.node = node;
    this.token = token;
  }

  /**
   * Calls.
   *
   * @return the answer
   * @throws ProcessFailure if the node does not answer ({@code UNAVAILABLE}), or refuses
   */
  JsonObject post(String call, JsonObject body) {
    URI uri = node.resolve("/api/admin/" + call);
    try {
      var request = HttpRequest.newBuilder(uri).timeout(DEADLINE)
          .header("Content-Type", "application/json").header("Authorization", "Bearer " + token)
          .POST(BodyPublishers.ofString(body.encode())).build();
      var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(DEADLINE).build();
      return read(uri, http.send(request, BodyHandlers.ofString()));
    } catch (IllegalArgumentException e) {
      // A line break, say; what it is must not be printed.
      throw new ProcessFailure(ExitCode.USAGE, "--token holds characters that no token has");
    } catch (IOException e) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, uri + " does not answer: " + Unanswered.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailure(ExitCode.INTERNAL, "interrupted");
    }
  }

  private static JsonObject read(URI uri, HttpResponse<String> response) {
    JsonObject answer;
    try {
      answer = new JsonObject(response.body());
    } catch (DecodeException e) {
      throw strange(uri, response.statusCode());
    }
    if (response.statusCode() == 200) {
      if (answer.getValue("nodes") instanceof JsonArray && answer.getValue("unreachable") instanceof JsonArray) {
        return answer;
      }
      throw strange(uri, response.statusCode());
    }
    JsonObject details = answer.getValue("details") instanceof JsonObject object ? object : new JsonObject();
    throw new ProcessFailure(exitCode(response.statusCode()), uri + " refused (HTTP " + response.statusCode() + ", " + answer.getValue("reason") + "): "
        + answer.getValue("detail") + (details.isEmpty() ? "" : " " + details.encode()));
  }

  private static ProcessFailure strange(URI uri, int status) {
    return new ProcessFailure(ExitCode.UNAVAILABLE, uri + " is not a node of this version (HTTP " + status + ")");
  }

  /** Scripts can tell what is worth trying again from what is not. */
  private static int exitCode(int status) {
    return switch (status) {
      case 400, 404 -> ExitCode.USAGE;
      case 401, 403 -> ExitCode.FORBIDDEN;
      default -> ExitCode.UNAVAILABLE;
    };
  }
}
