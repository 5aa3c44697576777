package io.vestibule.contract.message;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * A published message on its way to subscribers, with its {@code message} frame encoded once by the publishing node.
 *
 * @param topic the literal topic
 * @param frame the whole {@code message} frame as JSON text in UTF-8; never changed after it was made
 * @param exceptConnection the connection that is not to get it ({@code echo: false}), or null
 * @param stored where it is stored, or null where its topic is not durable
 */
public record FanMessage(String topic, Buffer frame, String exceptConnection, StoredAt stored) {
  public static final RecordCodec<FanMessage> CODEC = RecordCodec.of("vestibule.fan.v1",
      (out, m) -> {
        out.putString(m.topic).putString(m.exceptConnection).putBuffer(m.frame).putBoolean(m.stored != null);
        if (m.stored != null) {
          m.stored.write(out);
        }
      },
      in -> {
        String topic = in.getString();
        String except = in.getString();
        return new FanMessage(topic, in.getBuffer(), except, in.getBoolean() ? StoredAt.read(in) : null);
      });

  public FanMessage {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(frame);
  }

  /** A message that is kept nowhere. */
  public FanMessage(String topic, Buffer frame, String exceptConnection) {
    this(topic, frame, exceptConnection, null);
  }

  /**
   * Where a message to a durable topic is stored.
   *
   * @param epoch of the topic's log
   * @param offset in it, from 1 on
   * @param lineage of the shard that the log is in
   * @param version of the shard when the message came
   * @param versionBefore of the log's message before it; 0 if it is the first
   */
  public record StoredAt(long epoch, long offset, long lineage, long version, long versionBefore) {
    private void write(WireWriter out) {
      out.putLong(epoch).putLong(offset).putLong(lineage).putLong(version).putLong(versionBefore);
    }

    private static StoredAt read(WireReader in) {
      return new StoredAt(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
  }
}
