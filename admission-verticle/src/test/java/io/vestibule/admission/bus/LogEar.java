package io.vestibule.admission.bus;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vestibule.contract.log.LogEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** Hears what is logged of one event, as the pairs of its line. */
final class LogEar implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender;

  LogEar(LogEvent event) {
    appender = new AppenderBase<>() {
      @Override
      protected void append(ILoggingEvent line) {
        if (line.getMessage().equals(event.slug())) {
          lines.add(line.getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value).collect(Collectors.joining(" ")));
        }
      }
    };
    appender.start();
    root().addAppender(appender);
  }

  List<String> lines() {
    return lines;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @Override
  public void close() {
    root().detachAppender(appender);
  }
}
