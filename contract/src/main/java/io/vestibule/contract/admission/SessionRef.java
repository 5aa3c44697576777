package io.vestibule.contract.admission;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * Names a session in its queue.
 *
 * @param place the place in the queue, {@link #place(String, long, long)}: never used twice, across failovers too
 * @param number which of the sessions of that place; each connection of a user has one, they share the place
 */
public record SessionRef(String place, int number) {
  public SessionRef {
    Objects.requireNonNull(place);
    if (number < 0) {
      throw new IllegalArgumentException("session number " + number);
    }
  }

  /**
   * The name of a place: the term of the coordinator that made it, the number it had then, and a mark of the queue, because coordinators of two queues may have the same term.
   */
  public static String place(String queue, long term, long n) {
    return Long.toString(term, Character.MAX_RADIX) + "-" + Long.toString(n, Character.MAX_RADIX) + "-"
        + Integer.toUnsignedString(queue.hashCode(), Character.MAX_RADIX);
  }

  /** What the client is told as {@code sessionId}. */
  public String id() {
    return place + "-" + number;
  }

  public void write(WireWriter out) {
    out.putString(place).putInt(number);
  }

  public static SessionRef read(WireReader in) {
    return new SessionRef(in.getString(), in.getInt());
  }
}
