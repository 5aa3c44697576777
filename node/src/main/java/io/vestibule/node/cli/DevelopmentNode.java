package io.vestibule.node.cli;

import io.vertx.core.json.DecodeException;
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

/** A node in development mode, which gives tokens to whoever asks. Blocking. */
final class DevelopmentNode {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final URI tokens;

  DevelopmentNode(URI node) {
    if (!"http".equals(node.getScheme()) && !"https".equals(node.getScheme()) || node.getHost() == null) {
      throw new ProcessFailure(ExitCode.USAGE, "--url '" + node + "' is not a URL such as http://127.0.0.1:8080");
    }
    this.tokens = node.resolve("/dev/token");
  }

  /**
   * Asks for a token.
   *
   * @throws ProcessFailure if the node does not answer, or gives none
   */
  String token(String user) {
    var request = HttpRequest.newBuilder(tokens)
        .timeout(DEADLINE)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(new JsonObject().put("sub", user).encode()))
        .build();
    try {
      var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(DEADLINE).build();
      return read(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, tokens + " does not answer: " + Unanswered.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailure(ExitCode.INTERNAL, "interrupted");
    }
  }

  private String read(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, tokens + " gives no tokens (HTTP " + response.statusCode()
          + "); only a node in development mode does");
    }
    try {
      String token = new JsonObject(response.body()).getString("token");
      if (token != null) {
        return token;
      }
    } catch (DecodeException | ClassCastException e) {
      // Said below: whatever answered, it was no node of ours.
    }
    throw new ProcessFailure(ExitCode.UNAVAILABLE, tokens + " answered without a token");
  }
}
