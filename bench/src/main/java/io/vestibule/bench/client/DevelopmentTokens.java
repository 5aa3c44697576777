package io.vestibule.bench.client;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Tokens from a node in development mode, which gives one to anybody who asks at {@code POST /dev/token}. */
public final class DevelopmentTokens implements Tokens {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final URI uri;

  /**
   * @param socket the WebSocket URL of the node
   * @param trust whom to believe when the node shows a certificate; null for whom the JVM believes
   */
  public DevelopmentTokens(URI socket, SSLContext trust) {
    var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
    http = (trust == null ? builder : builder.sslContext(trust)).build();
    String scheme = socket.getScheme().equals("wss") ? "https" : "http";
    uri = URI.create(scheme + "://" + socket.getRawAuthority() + "/dev/token");
  }

  @Override
  public String forUser(String user) throws TokenException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(new JsonObject().put("sub", user).encode())).build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      String token = response.statusCode() == 200 ? new JsonObject(response.body()).getString("token") : null;
      if (token == null) {
        throw new TokenException(uri + " gives no token (HTTP " + response.statusCode()
            + "): it does so in development mode only, else say --secret or --token");
      }
      return token;
    } catch (IOException e) {
      throw new TokenException("cannot reach " + uri + " for a token (" + e.getClass().getSimpleName() + ")");
    } catch (DecodeException | ClassCastException e) {
      throw new TokenException(uri + " answers with something else than a token");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TokenException("interrupted");
    }
  }
}
