package io.vestibule.admission.core;

import io.vestibule.contract.admission.SeatReport.Offer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which session makes room for a new one of the same user, who has as many as permitted. */
public final class SeatChoice {
  private SeatChoice() {}

  /** One of a queue. */
  public record Chosen(String queue, Offer offer) {}

  /**
   * The one that nobody came back to for longest; with {@code replace-oldest} the oldest of all, if there is none.
   *
   * @param offers of each queue that was heard
   */
  public static Optional<Chosen> among(Map<String, List<Offer>> offers, boolean replaceOldest) {
    return offers.entrySet().stream()
        .flatMap(queue -> queue.getValue().stream().map(offer -> new Chosen(queue.getKey(), offer)))
        .filter(chosen -> chosen.offer().left() || replaceOldest)
        .min(Comparator.comparing((Chosen chosen) -> !chosen.offer().left()).thenComparingLong(chosen -> chosen.offer().sinceMs())
            .thenComparing(Chosen::queue).thenComparing(chosen -> chosen.offer().session().id()));
  }
}
