package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vestibule.gateway.CaughtLines;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Callers that are not let in do not fill the log. */
class RefusedCallsIT {
  private static final int EACH = 40;

  @Test
  void theyAreOneLineASecondTogether() {
    try (CaughtLines lines = new CaughtLines("io.vestibule.gateway.http"); TestServer server = new TestServer(new TestServer.Options())) {
      long started = System.nanoTime();
      for (int i = 0; i < EACH; i++) {
        assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of(), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", "guessed"), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.POST, "/api/admin/drain", Map.of(), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.GET, "/api/admission/status", Map.of(), "").status()).isIn(401, 429);
      }
      long seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
      assertThat(lines.all()).hasSizeBetween(1, (int) seconds + 1);
      assertThat(server.api("publish", "nonsense").status()).isEqualTo(400);
      TestServer.eventually(() -> lines.all().stream().anyMatch(line -> line.getMessage().equals("api_call")));
    }
  }
}
