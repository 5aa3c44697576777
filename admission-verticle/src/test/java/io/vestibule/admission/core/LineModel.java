package io.vestibule.admission.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The line as a sorted list, by the words of the design and no others. */
final class LineModel {
  private static final Comparator<Place> ORDER = Comparator.comparingLong((Place place) -> place.joinedAtMs - place.creditMs)
      .thenComparing(place -> place.creditMs).thenComparing(place -> place.userClass).thenComparing(place -> place.order);

  private final Map<String, Long> credits;
  private final Map<String, Long> latest = new HashMap<>();
  private final List<Place> places = new ArrayList<>();

  LineModel(Map<String, Long> credits) {
    this.credits = credits;
  }

  /** A place of the model and the ticket that the line gave it. */
  static final class Place {
    final String userClass;
    final long creditMs;
    final long joinedAtMs;
    final long order;
    final long ticket;
    boolean away;

    Place(String userClass, long creditMs, long joinedAtMs, long order, long ticket) {
      this.userClass = userClass;
      this.creditMs = creditMs;
      this.joinedAtMs = joinedAtMs;
      this.order = order;
      this.ticket = ticket;
    }

    @Override
    public String toString() {
      return userClass + "@" + joinedAtMs + "#" + order + (away ? " away" : "");
    }
  }

  void join(String userClass, long nowMs, long order, long ticket) {
    restore(userClass, Math.max(nowMs, latest.getOrDefault(userClass, Long.MIN_VALUE)), order, ticket);
  }

  void restore(String userClass, long joinedAtMs, long order, long ticket) {
    latest.merge(userClass, joinedAtMs, Math::max);
    places.add(new Place(userClass, credits.getOrDefault(userClass, 0L), joinedAtMs, order, ticket));
    places.sort(ORDER);
  }

  void cancel(Place place) {
    places.remove(place);
  }

  List<Place> places() {
    return places;
  }

  List<Place> live() {
    return places.stream().filter(place -> !place.away).toList();
  }

  long rank(Place place) {
    return 1 + places.subList(0, places.indexOf(place)).stream().filter(before -> !before.away).count();
  }

  long next(Place place) {
    return places.subList(places.indexOf(place) + 1, places.size()).stream().filter(behind -> !behind.away).findFirst()
        .map(behind -> behind.ticket).orElse(Line.NONE);
  }
}
