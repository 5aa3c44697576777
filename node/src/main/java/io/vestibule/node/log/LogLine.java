package io.vestibule.node.log;

import ch.qos.logback.classic.spi.ILoggingEvent;

/** What both formats know of a line. */
final class LogLine {
  private LogLine() {}

  /** Whether the line was written through {@link io.vestibule.contract.log.EventLog}: those always carry a pair. */
  static boolean isEvent(ILoggingEvent event) {
    return event.getKeyValuePairs() != null && !event.getKeyValuePairs().isEmpty();
  }
}
