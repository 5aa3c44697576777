package io.vestibule.contract.admission;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.contract.error.ErrorReason;
import java.util.Objects;

/** What the coordinator of a queue says, to one command or by itself. It is stored before it is said. */
public sealed interface AdmissionAnswer {

  /**
   * The holder has a slot.
   *
   * @param claim what the holder's next resume token is to say
   * @param resumed whether the session was there before: the client is told {@code reconnect_success}
   * @param claimByMs for somebody without a socket: when the slot is given to the next, Unix milliseconds; else 0
   * @param version of the state below; the next save has to be newer
   * @param state what the session remembers, or null
   * @param quota the user's limit of joins
   */
  record Admitted(SessionClaim claim, boolean resumed, long claimByMs, long version, String state, Quota quota) implements AdmissionAnswer {
    public Admitted {
      Objects.requireNonNull(claim);
    }
  }

  /**
   * The holder waits.
   *
   * @param version of the state; the next save has to be newer
   * @param state what the session remembers, told to whoever came back with a token: the gateway has to know when its JWT ends, and what to save with the next; else null
   */
  record Waiting(SessionClaim claim, Standing standing, long version, String state, Quota quota) implements AdmissionAnswer {
    public Waiting {
      Objects.requireNonNull(claim);
      Objects.requireNonNull(standing);
    }

    /** Of which nothing was saved yet. */
    public Waiting(SessionClaim claim, Standing standing, String state, Quota quota) {
      this(claim, standing, 0, state, quota);
    }
  }

  /** It is so now, or was already. */
  record Done() implements AdmissionAnswer {}

  /**
   * No.
   *
   * @param retryAfterMs when another attempt makes sense, 0 where nothing is known
   * @param attempt which failed attempt to resume this session it was, 0 where attempts are not counted
   * @param attemptsLeft how many are left
   */
  record Refused(ErrorReason reason, long retryAfterMs, int attempt, int attemptsLeft, Quota quota) implements AdmissionAnswer {
    public Refused {
      Objects.requireNonNull(reason);
    }
  }

  /** This node does not lead the queue now: ask again, where it is led. */
  record NotLeader() implements AdmissionAnswer {}

  /**
   * How a waiter stands.
   *
   * @param position 1 is next
   * @param waiting the length of the line
   * @param etaMs the median of the estimate in milliseconds, -1 while unknown
   * @param etaHighMs its 90th percentile, -1 while unknown
   * @param rose why the position rose, or null where it did not
   * @param pollAfterMs when somebody who waits over HTTP should ask again
   */
  record Standing(long position, long waiting, long etaMs, long etaHighMs, Rise rose, long pollAfterMs) {
    public void write(WireWriter out) {
      out.putLong(position).putLong(waiting).putLong(etaMs).putLong(etaHighMs)
          .putByte(rose == null ? -1 : rose.ordinal()).putLong(pollAfterMs);
    }

    public static Standing read(WireReader in) {
      long position = in.getLong();
      long waiting = in.getLong();
      long etaMs = in.getLong();
      long etaHighMs = in.getLong();
      byte rose = in.getByte();
      return new Standing(position, waiting, etaMs, etaHighMs, rose < 0 ? null : Rise.values()[rose], in.getLong());
    }
  }

  /** Why a position rose. */
  enum Rise {
    /** Somebody came back who had been away. */
    RETURNED("returned"),
    /** Somebody of a higher class came, within the credit of the class. */
    PRIORITY("priority");

    private final String slug;

    Rise(String slug) {
      this.slug = slug;
    }

    /** The word that clients are told. */
    public String slug() {
      return slug;
    }
  }

  /**
   * The state of a rate limit.
   *
   * @param limit the most at once; 0 where there is no limit
   * @param resetAtMs when it is full again, Unix milliseconds
   * @param windowMs the time in which it fills
   */
  record Quota(int limit, int remaining, long resetAtMs, long windowMs) {
    /** No limit. */
    public static final Quota NONE = new Quota(0, 0, 0, 0);

    void write(WireWriter out) {
      out.putInt(limit).putInt(remaining).putLong(resetAtMs).putLong(windowMs);
    }

    static Quota read(WireReader in) {
      return new Quota(in.getInt(), in.getInt(), in.getLong(), in.getLong());
    }
  }

  /** Writes any answer. */
  static void write(WireWriter out, AdmissionAnswer answer) {
    if (answer instanceof Admitted a) {
      a.claim.write(out.putByte(1));
      a.quota.write(out.putBoolean(a.resumed).putLong(a.claimByMs).putLong(a.version).putString(a.state));
    } else if (answer instanceof Waiting w) {
      w.claim.write(out.putByte(2));
      w.standing.write(out);
      w.quota.write(out.putLong(w.version).putString(w.state));
    } else if (answer instanceof Done) {
      out.putByte(3);
    } else if (answer instanceof Refused r) {
      r.quota.write(out.putByte(4).putString(r.reason.slug()).putLong(r.retryAfterMs).putInt(r.attempt).putInt(r.attemptsLeft));
    } else if (answer instanceof NotLeader) {
      out.putByte(5);
    }
  }

  /** Reads any answer. */
  static AdmissionAnswer read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> new Admitted(SessionClaim.read(in), in.getBoolean(), in.getLong(), in.getLong(), in.getString(), Quota.read(in));
      case 2 -> new Waiting(SessionClaim.read(in), Standing.read(in), in.getLong(), in.getString(), Quota.read(in));
      case 3 -> new Done();
      case 4 -> new Refused(ErrorReason.ofSlug(in.getString()), in.getLong(), in.getInt(), in.getInt(), Quota.read(in));
      case 5 -> new NotLeader();
      default -> throw new IllegalArgumentException("unknown admission answer " + kind);
    };
  }
}
