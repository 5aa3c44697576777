package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;
import java.util.Objects;

/**
 * The answer to a {@link SeatOrder}, once everything that has ended is not counted any more.
 *
 * @param offers the sessions of the user in that queue that would make room first: of those that nobody came back to and of the others the oldest
 */
public record SeatReport(List<Offer> offers) {
  public static final RecordCodec<SeatReport> CODEC = RecordCodec.of("vestibule.admission.seats.v1",
      (out, m) -> out.putList(m.offers, (to, offer) -> offer.write(to)), in -> new SeatReport(in.getList(Offer::read)));

  public SeatReport {
    offers = List.copyOf(offers);
  }

  /**
   * One that could make room.
   *
   * @param sinceMs since when it is there, Unix milliseconds of its coordinator's clock
   * @param left whether nobody is there
   */
  public record Offer(SessionRef session, long sinceMs, boolean left) {
    public Offer {
      Objects.requireNonNull(session);
    }

    void write(WireWriter out) {
      session.write(out);
      out.putLong(sinceMs).putBoolean(left);
    }

    static Offer read(WireReader in) {
      return new Offer(SessionRef.read(in), in.getLong(), in.getBoolean());
    }
  }
}
