package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Invariant 6, looked at from outside: the rank is exact, and rises only where somebody came back or a higher class came, and says which. */
final class Ranks {
  private final QueueRules rules;
  private final StoreInMemory store;
  private final Map<String, Told> told = new HashMap<>();
  /** Every place that there was; and of those that were away, or out of the line, at which change it was so last. */
  private final Set<String> known = new HashSet<>();
  private final Map<String, Long> notInLine = new HashMap<>();
  private long changes;

  /**
   * How a place was told that it stands.
   *
   * @param standing null where an earlier coordinator said it
   * @param before who stood before it then
   * @param known which places there had been
   * @param change the last that there was
   */
  private record Told(Standing standing, long position, Set<String> before, Set<String> known, long change) {}

  Ranks(QueueRules rules, StoreInMemory store) {
    this.rules = rules;
    this.store = store;
  }

  long credit(PlaceRecord place) {
    return place.userClass() == null ? 0 : rules.credits().getOrDefault(place.userClass(), 0L);
  }

  private Comparator<PlaceRecord> order() {
    return Comparator.<PlaceRecord>comparingLong(place -> place.joinedAtMs() - credit(place)).thenComparingLong(this::credit).thenComparingLong(PlaceRecord::order);
  }

  List<PlaceRecord> line() {
    return store.places.values().stream().filter(place -> place.stage() == Stage.WAITING && place.untilMs() == 0).sorted(order()).toList();
  }

  void put(PlaceRecord after) {
    known.add(after.id());
    changes++;
    if (after.stage() != Stage.WAITING) {
      told.remove(after.id());
    }
    if (after.stage() != Stage.WAITING || after.untilMs() > 0) {
      notInLine.put(after.id(), changes);
    }
  }

  void told(String place, Standing standing) {
    PlaceRecord record = store.places.get(place);
    if (record.stage() == Stage.WAITING) {
      List<PlaceRecord> line = line();
      Set<String> before = line.stream().filter(other -> order().compare(other, record) < 0).map(PlaceRecord::id).collect(Collectors.toSet());
      assertThat(standing.position()).as("invariant 6: rank of %s behind %s", place, before).isEqualTo(1 + before.size());
      assertThat(standing.waiting()).as("invariant 6: length of the line").isGreaterThanOrEqualTo(line.size());
      rose(record, new Told(standing, standing.position(), before, Set.copyOf(known), changes));
    }
  }

  private void rose(PlaceRecord place, Told now) {
    Told last = told.put(place.id(), now);
    if (last == null || last.standing == now.standing) {
      // All sockets of a place are told alike.
      return;
    }
    String what = "invariant 6: why " + place.id() + " rose from " + last + " to " + now;
    if (now.position <= last.position) {
      assertThat(now.standing.rose()).as(what).isNull();
      return;
    }
    assertThat(now.standing.rose()).as(what).isNotNull();
    if (last.standing != null) {
      Set<String> newcomers = new HashSet<>(now.before);
      newcomers.removeAll(last.before);
      boolean returned = newcomers.stream().anyMatch(newcomer -> last.known.contains(newcomer) || notInLine.containsKey(newcomer))
          || now.before.stream().anyMatch(other -> notInLine.getOrDefault(other, 0L) > last.change);
      boolean higher = newcomers.stream().anyMatch(newcomer -> !last.known.contains(newcomer) && credit(store.places.get(newcomer)) > credit(place));
      assertThat(now.standing.rose() == Rise.RETURNED ? returned : higher).as(what).isTrue();
    }
  }

  /** Somebody was told who is not there to hear it. */
  void unheard(String place) {
    told.remove(place);
  }

  /** Another leads from now on, and knows only what was told to those whose sockets are reported, and not who stood where then. */
  void takenOver(Map<String, Long> reported) {
    told.clear();
    reported.forEach((place, position) -> told.put(place, new Told(null, position, Set.of(), Set.of(), changes)));
  }
}
