package io.vestibule.node.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A line for people: {@code 2026-11-20T13:00:00.123Z INFO  connection_opened key=value}. A library's line is the event
 * {@value #LIBRARY_LOG} with its logger and message. A stack trace follows on indented lines.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {
  /** The event of every line that a library wrote. */
  static final String LIBRARY_LOG = "library_log";

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
  private static final int MOST_CAUSES = 10;

  @Override
  public String doLayout(ILoggingEvent event) {
    var out = new StringBuilder(200);
    TIME.formatTo(event.getInstant(), out);
    out.append(' ').append(event.getLevel());
    out.append(" ".repeat(6 - event.getLevel().toString().length()));
    if (LogLine.isEvent(event)) {
      Quoted.append(out, event.getMessage());
      event.getKeyValuePairs().forEach(pair -> pair(out, pair.key, String.valueOf(pair.value)));
    } else {
      out.append(LIBRARY_LOG);
      pair(out, "logger", event.getLoggerName());
      pair(out, "message", event.getFormattedMessage());
    }
    out.append('\n');
    appendCause(out, event.getThrowableProxy());
    return out.toString();
  }

  private static void pair(StringBuilder out, String key, String value) {
    out.append(' ').append(key).append('=');
    Quoted.append(out, value);
  }

  private static void appendCause(StringBuilder out, IThrowableProxy thrown) {
    IThrowableProxy cause = thrown;
    for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
      out.append("    ").append(depth == 0 ? "" : "caused by ").append(cause.getClassName()).append(": ");
      Quoted.appendEscaped(out, String.valueOf(cause.getMessage()));
      out.append('\n');
      StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
      for (int i = 0; i < frames.length - cause.getCommonFrames(); i++) {
        out.append("      ").append(frames[i].getSTEAsString()).append('\n');
      }
      cause = cause.getCause();
    }
  }
}
