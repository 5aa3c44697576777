package io.vestibule.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds what docs/operations.md says of topic logs in figures to the figures that there are. */
class LogFiguresPageTest {
  private static final Path PAGE = Path.of("../docs/operations.md");

  @Test
  void thePageNamesEveryFigureAndNoOther() throws IOException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new LogMeters(registry).recentBytes(new AtomicLong());
    new CursorMeters(registry);
    new LogStoreMeters(registry, 64, 0).watch(() -> "ok");
    LogStoreMeters.waiting(registry, () -> 0);
    Set<String> figures = new TreeSet<>();
    registry.getMeters().stream().map(Meter::getId).filter(id -> !id.getName().endsWith(".histogram")).forEach(id -> figures.add(name(id)));
    String page = Files.readString(PAGE).replace("`vestibule_log_appended_messages_total`, `_bytes_total`", "`vestibule_log_appended_messages_total`, `vestibule_log_appended_bytes_total`");
    Set<String> named = new TreeSet<>();
    Matcher matcher = Pattern.compile("`(vestibule_log_\\w+)[`{]").matcher(page);
    while (matcher.find()) {
      named.add(matcher.group(1));
    }
    assertThat(named).isEqualTo(figures);
  }

  private static String name(Meter.Id id) {
    String name = id.getName().replace('.', '_');
    return switch (id.getType()) {
      case COUNTER -> name + "_total";
      case TIMER -> name + "_seconds";
      default -> name;
    };
  }
}
