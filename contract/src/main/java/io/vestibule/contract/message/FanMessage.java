package io.vestibule.contract.message;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * A published message on its way to subscribers, with its {@code message} frame encoded once by the publishing node.
 *
 * @param topic the literal topic
 * @param frame the whole {@code message} frame as JSON text in UTF-8; never changed after it was made
 * @param exceptConnection the connection that is not to get it ({@code echo: false}), or null
 */
public record FanMessage(String topic, Buffer frame, String exceptConnection) {
  public static final RecordCodec<FanMessage> CODEC = RecordCodec.of("vestibule.fan.v1",
      (out, m) -> out.putString(m.topic).putString(m.exceptConnection).putBuffer(m.frame),
      in -> {
        String topic = in.getString();
        String except = in.getString();
        return new FanMessage(topic, in.getBuffer(), except);
      });

  public FanMessage {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(frame);
  }
}
