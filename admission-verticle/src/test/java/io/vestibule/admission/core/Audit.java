package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The invariants of the design, looked at from outside: from what is stored and what was said. */
final class Audit {
  private final QueueRules rules;
  private final StoreInMemory store;
  private final Map<SessionRef, Long> generations = new HashMap<>();
  private final Map<String, String> userOfPlace = new HashMap<>();
  private final Map<String, Integer> claims = new HashMap<>();
  private long lastJoinedAt;

  Audit(QueueRules rules, StoreInMemory store) {
    this.rules = rules;
    this.store = store;
  }

  static boolean holds(PlaceRecord place) {
    return place.stage() == Stage.ADMITTED || place.stage() == Stage.CONNECTED || place.stage() == Stage.GRACE;
  }

  long held() {
    return store.places.values().stream().filter(Audit::holds).count();
  }

  private long credit(PlaceRecord place) {
    return place.userClass() == null ? 0 : rules.credits().getOrDefault(place.userClass(), 0L);
  }

  private List<PlaceRecord> line() {
    return store.places.values().stream().filter(place -> place.stage() == Stage.WAITING && place.untilMs() == 0)
        .sorted(Comparator.<PlaceRecord>comparingLong(place -> place.joinedAtMs() - credit(place)).thenComparingLong(this::credit).thenComparingLong(PlaceRecord::order)).toList();
  }

  /** 1: a promise needs room. Also: what is stored has room for no more than there are slots. */
  void promised(long heldBefore, int capacity) {
    if (capacity > 0 && held() > heldBefore) {
      assertThat(held()).as("slots held of %d", capacity).isLessThanOrEqualTo(capacity);
    }
  }

  void taking(int slot, int capacity) {
    assertThat(slot).as("number of a slot").isLessThan(capacity);
  }

  /** 2: one slot for each user, one session on each socket, one place for each user. */
  void once() {
    Set<String> users = new HashSet<>();
    store.slots.values().stream().filter(holder -> store.places.containsKey(holder.place()))
        .forEach(holder -> assertThat(users.add(holder.user())).as("second slot of %s", holder.user()).isTrue());
    Set<Object> holders = new HashSet<>();
    Set<String> placed = new HashSet<>();
    for (PlaceRecord place : store.places.values()) {
      if (place.stage() != Stage.REVOKED) {
        assertThat(placed.add(place.user())).as("second place of %s", place.user()).isTrue();
      }
      place.sessions().stream().filter(session -> session.holder() != null && session.holder().isSocket())
          .forEach(session -> assertThat(holders.add(session.holder())).as("second session on %s", session.holder()).isTrue());
    }
  }

  /** 2: the generation only rises. */
  void issued(SessionClaim claim) {
    long before = generations.getOrDefault(claim.session(), 0L);
    assertThat(claim.generation()).as("generation of %s", claim.session()).isGreaterThanOrEqualTo(before);
    generations.put(claim.session(), claim.generation());
  }

  /** 3 and 4: what a record becomes. */
  void put(PlaceRecord before, PlaceRecord after, long term, long now) {
    String user = userOfPlace.putIfAbsent(after.id(), after.user());
    if (user == null) {
      assertThat(Place.term(after.id())).as("term of a new place").isEqualTo(term);
      assertThat(after.joinedAtMs()).as("joining times go back").isGreaterThanOrEqualTo(lastJoinedAt);
      lastJoinedAt = after.joinedAtMs();
    } else {
      assertThat(user).as("place %s is given twice", after.id()).isEqualTo(after.user());
    }
    if (before != null) {
      assertThat(after.joinedAtMs()).as("joining again changes nothing").isEqualTo(before.joinedAtMs());
      assertThat(after.order()).isEqualTo(before.order());
      if (before.stage() != Stage.ADMITTED && after.stage() == Stage.ADMITTED) {
        claims.put(after.id(), 0);
      }
      if (before.stage() == Stage.ADMITTED && after.stage() == Stage.CONNECTED) {
        assertThat(now).as("claimed after its time").isLessThan(before.untilMs());
        assertThat(claims.merge(after.id(), 1, Integer::sum)).as("claims of one admission").isEqualTo(1);
      }
    }
  }

  /** 5: whoever was admitted had nobody before it who waits still. */
  void inOrder(List<PlaceRecord> promised) {
    List<PlaceRecord> line = line();
    if (line.isEmpty()) {
      return;
    }
    PlaceRecord first = line.get(0);
    for (PlaceRecord place : promised) {
      long key = place.joinedAtMs() - credit(place);
      long waiting = first.joinedAtMs() - credit(first);
      assertThat(key).as("%s was admitted before %s", place, first).isLessThanOrEqualTo(waiting);
      if (key == waiting && credit(place) == credit(first)) {
        assertThat(place.order()).as("%s was admitted before %s", place, first).isLessThan(first.order());
      }
    }
  }

  /** 6: the rank is exact. */
  void told(String place, Standing standing) {
    List<PlaceRecord> line = line();
    PlaceRecord record = store.places.get(place);
    if (record.stage() == Stage.WAITING) {
      List<String> names = line.stream().map(PlaceRecord::id).toList();
      if (names.contains(place)) {
        assertThat(standing.position()).as("rank of %s in %s", place, names).isEqualTo(1 + names.indexOf(place));
      }
      assertThat(standing.waiting()).isGreaterThanOrEqualTo(line.size());
    }
  }

  /** 7: nobody waits for a slot that is free. */
  void nobodyWaitsInVain(int capacity, int leaving) {
    if (!line().isEmpty()) {
      assertThat(capacity).as("limit while somebody waits").isPositive();
      assertThat(held() + leaving).as("slots held while somebody waits").isGreaterThanOrEqualTo(capacity);
    }
  }

  /** 9: what is given back was held. */
  void freed(QueueEffect.FreeSlot free) {
    assertThat(store.slots).as("slots").containsEntry(free.slot(), free.holder());
  }

  /** What is stored fits together once the store has said everything. */
  void settled() {
    store.places.values().stream().filter(place -> place.slot() >= 0)
        .forEach(place -> assertThat(store.slots.get(place.slot())).as("slot %d", place.slot()).isEqualTo(new SlotHolder(place.id(), place.user())));
    store.slots.forEach((slot, holder) -> {
      if (!holder.place().startsWith("ghost")) {
        assertThat(store.places).as("places that hold slots").containsKey(holder.place());
        assertThat(store.places.get(holder.place()).slot()).isEqualTo(slot);
      }
    });
    for (PlaceRecord place : store.places.values()) {
      boolean socket = place.sessions().stream().anyMatch(session -> session.holder() != null && session.holder().isSocket());
      assertThat(place.stage() == Stage.GRACE && socket).as("%s has a socket", place).isFalse();
      assertThat(place.stage() == Stage.CONNECTED && !socket).as("%s has no socket", place).isFalse();
      assertThat(holds(place) || place.slot() < 0).as("slot of %s", place).isTrue();
      assertThat(place.stage() == Stage.REVOKED || !place.sessions().isEmpty()).as("sessions of %s", place).isTrue();
    }
  }
}
