package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A store that is away for long does not fill the log. */
class StoreFailuresTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(StoreFailures.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  private List<Long> counts() {
    return lines.list.stream().flatMap(line -> line.getKeyValuePairs().stream()).filter(pair -> pair.key.equals("count")).map(pair -> (Long) pair.value).toList();
  }

  @Test
  void aStoreThatDoesNotOpenIsToldOnceAMinute() {
    LeaderScene scene = new LeaderScene(1);
    scene.store.opens = false;
    QueueLeader leader = scene.leader(1);
    leader.start();
    assertThat(counts()).as("the first at once").containsExactly(1L);
    scene.pass(leader, 10 * StoreFailures.APART_MILLIS);

    assertThat(counts()).hasSizeBetween(10, 11);
    double failures = scene.registry.get("vestibule.admission.store.failures").counter().count();
    assertThat(failures).isGreaterThan(500);
    assertThat(counts().stream().mapToLong(Long::longValue).sum()).as("all but those of the last minute").isBetween((long) failures - 60, (long) failures);
  }

  @Test
  void commitsToo() {
    LeaderScene scene = new LeaderScene(1);
    QueueLeader leader = scene.leading(1);
    for (int i = 0; i < 40; i++) {
      scene.store.failures.add(new IllegalStateException("away"));
    }
    scene.ask(leader, LeaderScene.join("ann"));
    scene.pass(leader, StoreFailures.APART_MILLIS - 1_000);

    assertThat(counts()).containsExactly(1L);
    assertThat(scene.store.failures).isEmpty();
  }
}
