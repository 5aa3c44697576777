package io.vestibule.gateway.presence;

import io.vertx.core.buffer.Buffer;

/** What an event loop is told of the topics that its clients watch; on its context, in order. */
public interface PresenceLoop {

  /** How a topic is. */
  void state(String topic, long ticket, long rev, Buffer frame);

  /** What has changed in a topic since the rev before. */
  void change(String topic, long ticket, long rev, Buffer frame);
}
