package io.vestibule.systemtests.check;

import io.vestibule.systemtests.check.Verdict.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** How far a subscriber is in a topic, in the judge's eyes. */
final class Listening {
  private final String topic;
  private final Permits permits;
  private final BiConsumer<Promise, String> broken;
  private final Set<String> ids = new HashSet<>();
  private final Map<Place, String> delivered = new HashMap<>();
  private final List<Heard.Gap> gaps = new ArrayList<>();
  private Place place = Place.NONE;
  private long messages;
  private long recoveries;
  private long unrecovered;

  Listening(String topic, Permits permits, BiConsumer<Promise, String> broken) {
    this.topic = topic;
    this.permits = permits;
    this.broken = broken;
  }

  void hear(Heard heard) {
    if (heard instanceof Heard.Message message) {
      hear(message);
    } else if (heard instanceof Heard.Gap gap) {
      hear(gap);
    } else if (heard instanceof Heard.Return back) {
      recoveries += back.recovered() ? 1 : 0;
      unrecovered += back.recovered() ? 0 : 1;
    }
  }

  private void hear(Heard.Message message) {
    messages++;
    Place at = message.place();
    if (!ids.add(message.id()) && !(permits.newEpochs() && !delivered.containsKey(at))) {
      broken.accept(Promise.DOUBLED, "got " + message.id() + " again, at " + at);
    }
    boolean sameEpoch = place.epoch() == null || place.epoch().equals(at.epoch());
    if (sameEpoch && at.offset() <= place.offset()) {
      broken.accept(Promise.DISORDERED, "got " + message.id() + " at " + at + " behind " + place);
    } else if (!sameEpoch || at.offset() != place.offset() + 1) {
      broken.accept(Promise.SILENT_HOLE, "got " + message.id() + " at " + at + " next to " + place + ", and no gap");
    }
    place = sameEpoch && at.offset() <= place.offset() ? place : at;
    delivered.put(at, message.id());
  }

  private void hear(Heard.Gap gap) {
    gaps.add(gap);
    boolean sameEpoch = gap.from().epoch() != null && gap.from().epoch().equals(gap.to().epoch());
    if (place.epoch() != null && !gap.from().equals(place) || sameEpoch && gap.to().offset() <= gap.from().offset()) {
      broken.accept(Promise.WRONG_GAP, "was told of a gap from " + gap.from() + " to " + gap.to() + " at " + place);
    }
    if (sameEpoch ? !permits.trimmed().test(topic) && !permits.newEpochs() : !permits.newEpochs()) {
      broken.accept(Promise.WRONG_GAP, "was told of a gap from " + gap.from() + " to " + gap.to() + ", and nothing may be gone");
    }
    place = gap.to();
  }

  private boolean isCovered(Place at) {
    return gaps.stream().anyMatch(gap -> isIn(at, gap));
  }

  private static boolean isIn(Place at, Heard.Gap gap) {
    boolean behindFrom = at.epoch().equals(gap.from().epoch()) && at.offset() > gap.from().offset();
    boolean upToTo = at.epoch().equals(gap.to().epoch()) && at.offset() <= gap.to().offset();
    boolean sameEpoch = gap.to().epoch().equals(gap.from().epoch());
    return sameEpoch ? behindFrom && upToTo : behindFrom || upToTo;
  }

  /** Everything has come that will come. */
  Counts end(Collection<Sent> sent) {
    long covered = 0;
    for (Sent message : sent) {
      // Where its epoch is gone, a message is acknowledged once more in the next, and that is where it has to come from.
      Place at = message.isAcknowledged() ? message.acknowledgements().get(message.acknowledgements().size() - 1).place() : null;
      if (at != null && !message.id().equals(delivered.get(at))) {
        if (isCovered(at)) {
          covered++;
        } else {
          broken.accept(Promise.LOST, "never got " + message.id() + " at " + at + "; it is at " + place);
        }
      }
    }
    return new Counts(0, 0, 0, 0, messages, gaps.size(), covered, recoveries, unrecovered);
  }
}
