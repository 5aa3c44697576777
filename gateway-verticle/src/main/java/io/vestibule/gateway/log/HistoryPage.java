package io.vestibule.gateway.log;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A part of a log as clients see it.
 *
 * @param epoch of the log, 0 where there is none
 * @param messages {@code message} frames with their places
 * @param hasMore whether there are more in the direction asked for
 */
public record HistoryPage(long epoch, List<Buffer> messages, boolean hasMore) {
  public HistoryPage {
    messages = List.copyOf(messages);
  }
}
