package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Callers that are not let in do not fill the log. */
class RefusedCallsIT {
  private static final int EACH = 40;

  @Test
  void theyAreOneLineASecondTogether() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.vestibule.gateway.http");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    Level usual = logger.getLevel();
    logger.setLevel(Level.INFO);
    try (TestServer server = new TestServer(new TestServer.Options())) {
      long started = System.nanoTime();
      for (int i = 0; i < EACH; i++) {
        assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of(), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", "guessed"), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.POST, "/api/admin/drain", Map.of(), "{}").status()).isEqualTo(401);
        assertThat(server.send(HttpMethod.GET, "/api/admission/status", Map.of(), "").status()).isIn(401, 429);
      }
      long seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
      assertThat(told(lines)).hasSizeBetween(1, (int) seconds + 1);
      assertThat(server.api("publish", "nonsense").status()).isEqualTo(400);
      TestServer.eventually(() -> told(lines).stream().anyMatch(line -> line.getMessage().equals("api_call")));
    } finally {
      logger.setLevel(usual);
      logger.detachAppender(lines);
    }
  }

  private static List<ILoggingEvent> told(ListAppender<ILoggingEvent> lines) {
    return List.copyOf(lines.list).stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO)).toList();
  }
}
