package io.vestibule.contract.message;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * A client is typing, or has stopped, with its {@code typing} frame encoded once by the client's node. Who hears nothing of a client that is typing for longer than it may be typing without saying so
 * again knows that it is over.
 *
 * @param topic the literal topic
 * @param userId who
 * @param connectionId with which connection; it is not to get the frame
 * @param frame the whole frame as JSON text in UTF-8; never changed after it was made
 */
public record TypingNotice(String topic, String userId, String connectionId, boolean typing, Buffer frame) {
  public static final RecordCodec<TypingNotice> CODEC = RecordCodec.of("vestibule.typing.v1",
      (out, m) -> out.putString(m.topic).putString(m.userId).putString(m.connectionId).putBoolean(m.typing).putBuffer(m.frame),
      in -> new TypingNotice(in.getString(), in.getString(), in.getString(), in.getBoolean(), in.getBuffer()));

  public TypingNotice {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(userId);
    Objects.requireNonNull(connectionId);
    Objects.requireNonNull(frame);
  }
}
