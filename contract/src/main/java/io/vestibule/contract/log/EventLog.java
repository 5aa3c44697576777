package io.vestibule.contract.log;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The one way to write a log line: an event, the correlation id of the flow it belongs to (null for what belongs to none), and
 * pairs of known keys. Tokens and payloads have no key, so they cannot get into a line.
 */
public final class EventLog {
  private final Logger logger;

  private EventLog(Logger logger) {
    this.logger = logger;
  }

  public static EventLog of(Class<?> owner) {
    return new EventLog(LoggerFactory.getLogger(owner));
  }

  public Line debug(LogEvent event, String correlationId) {
    return line(Level.DEBUG, event, correlationId);
  }

  public Line info(LogEvent event, String correlationId) {
    return line(Level.INFO, event, correlationId);
  }

  public Line warn(LogEvent event, String correlationId) {
    return line(Level.WARN, event, correlationId);
  }

  public Line error(LogEvent event, String correlationId) {
    return line(Level.ERROR, event, correlationId);
  }

  private Line line(Level level, LogEvent event, String correlationId) {
    return new Line(logger.atLevel(level).setMessage(event.slug())).with(LogKey.CORRELATION_ID, correlationId);
  }

  /** A log line in the making; nothing is written before {@link #write}. */
  public static final class Line {
    private LoggingEventBuilder builder;

    private Line(LoggingEventBuilder builder) {
      this.builder = builder;
    }

    public Line with(LogKey key, Object value) {
      if (value != null) {
        builder = builder.addKeyValue(key.slug(), value);
      }
      return this;
    }

    /** Adds what was thrown, with its stack: for surprises, not for answers to clients. */
    public Line cause(Throwable cause) {
      builder = builder.setCause(cause);
      return this;
    }

    public void write() {
      builder.log();
    }
  }
}
