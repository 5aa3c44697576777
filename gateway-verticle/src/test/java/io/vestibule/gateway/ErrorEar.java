package io.vestibule.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Hears what is logged as an error, by anybody, until it is closed. */
final class ErrorEar extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final boolean redisBreaks;

  /** @param redisBreaks whether errors of the client of Redis are to be expected */
  ErrorEar(boolean redisBreaks) {
    this.redisBreaks = redisBreaks;
    setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    start();
    root().addAppender(this);
  }

  List<String> heard() {
    return heard;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.ERROR) && !(redisBreaks && isOfRedis(event))) {
      heard.add(event.getLoggerName() + ": " + event.getFormattedMessage() + " " + event.getKeyValuePairs()
          + (event.getThrowableProxy() == null ? "" : " " + event.getThrowableProxy().getMessage()));
    }
  }

  private static boolean isOfRedis(ILoggingEvent event) {
    String client = "io.vertx.redis.client.impl.";
    IThrowableProxy thrown = event.getThrowableProxy();
    return event.getLoggerName().startsWith(client)
        || thrown != null && thrown.getStackTraceElementProxyArray().length > 0 && thrown.getStackTraceElementProxyArray()[0].getStackTraceElement().getClassName().startsWith(client);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @Override
  public void close() {
    root().detachAppender(this);
  }
}
