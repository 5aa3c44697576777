package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.Tail;

/** A topic's recent messages, as one event loop uses them and its tail makes them longer: from when somebody comes back on, as long as the node keeps them. */
final class LoopRecent {
  private final Followed.Parts parts;
  private final String topic;
  private final Tail<FanMessage> tail;
  private Recent recent;
  private boolean following;

  LoopRecent(Followed.Parts parts, String topic, Tail<FanMessage> tail) {
    this.parts = parts;
    this.topic = topic;
    this.tail = tail;
  }

  private Recent recent() {
    if (recent == null || recent.isClosed()) {
      leave();
      recent = parts.recent().of(topic, parts.nowMs());
      follow();
    }
    return recent;
  }

  /** The tail tells what it delivers, if it has begun and anybody wants that. */
  void follow() {
    if (recent != null && !following && tail.begun()) {
      following = true;
      recent.followed(tail.epoch(), tail.offset());
    }
  }

  /** The tail has delivered a message. */
  void extend(FanMessage message) {
    if (recent != null && !recent.extend(tail.epoch(), tail.offset(), message)) {
      leave();
    }
  }

  /** The tail tells nothing any more. */
  void leave() {
    if (recent != null && following) {
      recent.left();
    }
    following = false;
    recent = null;
  }

  /** Where the tails of the node are; null where none tells. */
  Position end() {
    return recent().end();
  }

  /** What is known to come after an offset, or null. */
  Page<FanMessage> after(long epoch, long offset) {
    return recent().after(epoch, offset, parts.nowMs());
  }

  /** Reads what comes after an offset of the tail's epoch, or waits for another read that is under way. */
  Future<Page<FanMessage>> read(long offset) {
    return recent().read(parts.vertx(), tail.epoch(), offset, parts.clock());
  }
}
