package io.vestibule.gateway.log;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.log.core.Append.Draft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What is to be appended to one topic: some of it is under way, the rest waits behind it in order. */
final class TopicQueue {
  /** Messages of an append: a shard does nothing else meanwhile. */
  private static final int BATCH = 128;
  private static final int BATCH_BYTES = 256 << 10;

  /**
   * A message that waits.
   *
   * @param frame as it is stored, without its place
   * @param except the connection that is not to get it, or null
   * @param correlationId the flow it belongs to
   */
  record Waiting(Draft draft, Buffer frame, String except, String correlationId, Promise<Published> promise) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  void add(Waiting message) {
    waiting.add(message);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes what goes with the next append. */
  List<Waiting> next() {
    List<Waiting> batch = new ArrayList<>();
    int bytes = 0;
    while (!waiting.isEmpty() && batch.size() < BATCH && (batch.isEmpty() || bytes + waiting.peek().frame.length() <= BATCH_BYTES)) {
      bytes += waiting.peek().frame.length();
      batch.add(waiting.poll());
    }
    return batch;
  }

  /** Takes everything. */
  List<Waiting> drain() {
    List<Waiting> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }
}
