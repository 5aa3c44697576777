package io.vestibule.contract.replica;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * What the holder of a copy answers to a {@link ReplicaUpdate}.
 *
 * @param copy which copy it is; the updates must be meant for it
 * @param believed with {@link Outcome#NOT_MINE}, the life of the writer that is believed instead; 0 where there is none
 */
public record ReplicaAnswer(Outcome outcome, long copy, long believed) {
  private static final Outcome[] ALL = Outcome.values();

  /** What has become of the update; the number on the wire is the ordinal. */
  public enum Outcome {
    /** It is there, now or from before. */
    APPLIED,

    /** Nothing can be built on what is there: the whole map, please, for this copy. */
    WHOLE_WANTED,

    /** Another writer is believed, whose life is not below that of this one; or there is no copy here. */
    NOT_MINE
  }

  public ReplicaAnswer {
    Objects.requireNonNull(outcome);
  }

  /** One that names no other writer. */
  public ReplicaAnswer(Outcome outcome, long copy) {
    this(outcome, copy, 0);
  }

  /** Where there is no copy. */
  public static ReplicaAnswer notMine() {
    return new ReplicaAnswer(Outcome.NOT_MINE, 0);
  }

  /** Writes it. */
  public void write(WireWriter out) {
    out.putByte(outcome.ordinal()).putLong(copy).putLong(believed);
  }

  /** Reads what {@link #write} wrote. */
  public static ReplicaAnswer read(WireReader in) {
    int number = in.getByte();
    if (number < 0 || number >= ALL.length) {
      throw new IllegalArgumentException("no answer has the number " + number);
    }
    return new ReplicaAnswer(ALL[number], in.getLong(), in.getLong());
  }
}
