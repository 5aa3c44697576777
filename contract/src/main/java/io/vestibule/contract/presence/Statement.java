package io.vestibule.contract.presence;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/** What a gateway says of its own connections to the owner of a shard of topics. */
public sealed interface Statement {

  /**
   * A user is in the topic, or was and may come back.
   *
   * @param connections of this gateway; 0 while the user only lingers, in case the connection comes back
   * @param sinceMs when the first of them came, Unix milliseconds
   * @param away whether he has been gone for longer than one who lingers, and is waited for; he has no connection then
   * @param info a JSON object as text, from the token that came last, or null
   * @param infoAtMs when that came, Unix milliseconds
   */
  record Here(int connections, long sinceMs, boolean away, UserStatus status, String info, long infoAtMs) implements Statement {
    public Here {
      Objects.requireNonNull(status);
    }

    /** Somebody whose info is that of the first connection. */
    public Here(int connections, long sinceMs, boolean away, UserStatus status, String info) {
      this(connections, sinceMs, away, status, info, sinceMs);
    }

    /** The same of somebody who is not away. */
    public Here(int connections, long sinceMs, UserStatus status, String info) {
      this(connections, sinceMs, false, status, info);
    }
  }

  /** Somebody on this gateway wants to know who is in the topic. */
  record Watched() implements Statement {}

  /** Writes any statement. */
  static void write(WireWriter out, Statement statement) {
    if (statement instanceof Here s) {
      s.status.write(out.putByte(s.away ? 3 : 1).putInt(s.connections).putLong(s.sinceMs));
      out.putString(s.info).putLong(s.infoAtMs);
    } else {
      out.putByte(2);
    }
  }

  /** Reads any statement. */
  static Statement read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1, 3 -> new Here(in.getInt(), in.getLong(), kind == 3, UserStatus.read(in), in.getString(), in.getLong());
      case 2 -> new Watched();
      default -> throw new IllegalArgumentException("no statement of kind " + kind);
    };
  }
}
