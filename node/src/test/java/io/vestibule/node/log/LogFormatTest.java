package io.vestibule.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.node.config.LogConfig.Format;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogFormatTest {
  private static final String FORGED = "anna\n2026-11-20T13:00:00.123Z INFO  connection_opened userId=root \u001b[2J \u2028\u202e\"\\";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final EventLog log = EventLog.of(LogFormatTest.class);

  @BeforeEach
  @BeforeProperty
  void listen() {
    lines.start();
    context.getLogger(LogFormatTest.class).setLevel(Level.INFO);
    context.getLogger(LogFormatTest.class).setAdditive(false);
    context.getLogger(LogFormatTest.class).addAppender(lines);
  }

  @AfterEach
  @AfterProperty
  void deafen() {
    context.getLogger(LogFormatTest.class).detachAppender(lines);
  }

  @Test
  void textIsTimeLevelEventAndPairs() {
    log.info(LogEvent.CONNECTION_OPENED, "c1").with(LogKey.PORT, 8080).with(LogKey.DETAIL, "two words").with(LogKey.USER, "").write();

    assertThat(text()).matches(
        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  connection_opened correlationId=c1 port=8080 detail=\"two words\" userId=\"\"\n");
  }

  @Test
  void jsonIsOneFlatObject() {
    log.warn(LogEvent.CONNECTION_OPENED, "c1").with(LogKey.PORT, 8080).with(LogKey.DETAIL, "two words").write();

    var json = json();
    assertThat(json.remove("timestamp")).asString().matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    assertThat(json.getMap()).isEqualTo(
        Map.of("level", "WARN", "event", "connection_opened", "correlationId", "c1", "port", 8080, "detail", "two words"));
  }

  @Test
  void nobodyForgesALine() {
    log.info(LogEvent.AUTH_FAILED, "c1").with(LogKey.USER, FORGED).write();

    assertThat(text().lines()).hasSize(1);
    assertThat(text()).endsWith("userId=\"anna\\n2026-11-20T13:00:00.123Z INFO  connection_opened userId=root \\u001b[2J \\u2028\\u202e\\\"\\\\\"\n");
    assertThat(encoded(Format.JSON).strip().lines()).hasSize(1);
    assertThat(json().getString("userId")).isEqualTo(FORGED);
  }

  @Property(tries = 300)
  void whateverAValueSaysItStaysOneLine(@ForAll String value) {
    lines.list.clear();
    log.info(LogEvent.AUTH_FAILED, "c1").with(LogKey.USER, value).write();

    assertThat(text().chars().filter(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029).toArray()).containsExactly('\n');
    assertThat(encoded(Format.JSON).strip().lines()).hasSize(1);
  }

  @Test
  void aLibrarysLineIsAnEventToo() {
    LoggerFactory.getLogger(LogFormatTest.class).warn("joined {}\nnow", "10.0.0.1");

    assertThat(text()).endsWith("Z WARN  library_log logger=io.vestibule.node.log.LogFormatTest message=\"joined 10.0.0.1\\nnow\"\n");
    assertThat(json().getString("event")).isEqualTo("library_log");
    assertThat(json().getString("message")).isEqualTo("joined 10.0.0.1\nnow");
  }

  @Test
  void aStackTraceIsIndentedAndItsMessageEscaped() {
    log.error(LogEvent.INTERNAL_ERROR, "c1").cause(new IllegalStateException("a\nb", new IllegalArgumentException("inner"))).write();

    var text = text().lines().toList();
    assertThat(text.get(1)).isEqualTo("    java.lang.IllegalStateException: a\\nb");
    assertThat(text.subList(1, text.size())).allMatch(line -> line.startsWith("    ")).anyMatch(line -> line.contains("caused by") && line.endsWith("inner"));
    assertThat(json().getString("stack_trace")).contains("IllegalStateException");
  }

  private String text() {
    return encoded(Format.TEXT);
  }

  private JsonObject json() {
    return new JsonObject(encoded(Format.JSON));
  }

  private String encoded(Format format) {
    assertThat(lines.list).hasSize(1);
    return new String(LogSetup.encoder(context, format).encode(lines.list.get(0)), StandardCharsets.UTF_8);
  }
}
