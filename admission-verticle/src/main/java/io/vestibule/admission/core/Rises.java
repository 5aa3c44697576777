package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Who stood up before others lately, so that those whose position rose can be told why. */
final class Rises {
  private static final int REMEMBERED = 256;

  private final Line line;
  private final Deque<Event> latest = new ArrayDeque<>();
  private long count;

  private record Event(long number, Place place, Rise why) {}

  Rises(Line line) {
    this.line = line;
  }

  /** Somebody stood up; why is null for one who joined and whose class has no credit, who passes nobody. */
  void add(Place place, Rise why) {
    if (why != null) {
      latest.addFirst(new Event(++count, place, why));
      if (latest.size() > REMEMBERED) {
        latest.removeLast();
      }
    }
  }

  /** How many there were. */
  long count() {
    return count;
  }

  /** Why a place stands further back than when it was told: for the sake of the last who stood up since and stands before it. */
  Rise since(Place place, long position) {
    for (Iterator<Event> events = latest.iterator(); events.hasNext();) {
      Event event = events.next();
      if (event.number <= place.toldAtRise) {
        break;
      }
      if (event.place.isInLine() && line.rank(event.place.ticket) < position) {
        return event.why;
      }
    }
    return Rise.RETURNED;
  }
}
