package io.vestibule.contract.presence;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/** What the owner of a shard of topics says to a gateway that watches one of them. */
public sealed interface Known {

  /**
   * A user who is in the topic, on whichever gateways.
   *
   * @param connections of all of them; 0 where he is away and waited for, else at least 1
   * @param sinceMs since when he has been there without a break, Unix milliseconds
   * @param info a JSON object as text, from the token that came last, or null
   */
  record Member(int connections, long sinceMs, UserStatus status, String info) implements Known {
    public Member {
      Objects.requireNonNull(status);
    }
  }

  /**
   * The topic itself.
   *
   * @param count how many users are in it
   * @param sampled whether there are too many to say who: the members are a sample then
   */
  record Room(int count, boolean sampled) implements Known {}

  /** Writes either. */
  static void write(WireWriter out, Known known) {
    if (known instanceof Member k) {
      k.status.write(out.putByte(1).putInt(k.connections).putLong(k.sinceMs));
      out.putString(k.info);
    } else if (known instanceof Room k) {
      out.putByte(2).putInt(k.count).putBoolean(k.sampled);
    }
  }

  /** Reads either. */
  static Known read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> new Member(in.getInt(), in.getLong(), UserStatus.read(in), in.getString());
      case 2 -> new Room(in.getInt(), in.getBoolean());
      default -> throw new IllegalArgumentException("nothing known of kind " + kind);
    };
  }
}
