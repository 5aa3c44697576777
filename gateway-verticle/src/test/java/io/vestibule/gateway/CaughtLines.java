package io.vestibule.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What is logged, at least as information, while it is open. */
public final class CaughtLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final Level usual;

  /** Begins to catch what this logger, or one below it, writes. */
  public CaughtLines(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    usual = logger.getLevel();
    start();
    logger.setLevel(Level.INFO);
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent line) {
    if (line.getLevel().isGreaterOrEqual(Level.INFO)) {
      lines.add(line);
    }
  }

  /** All so far, in their order. */
  public List<ILoggingEvent> all() {
    return List.copyOf(lines);
  }

  /** What a line says under a key; null if nothing. */
  public static Object value(ILoggingEvent line, String key) {
    return line.getKeyValuePairs() == null ? null : line.getKeyValuePairs().stream().filter(pair -> pair.key.equals(key)).map(pair -> pair.value).findFirst().orElse(null);
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(usual);
  }
}
