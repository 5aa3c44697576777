package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The invariants of the design, looked at from outside: from what is stored and what was said. Each says its number where it does not hold; {@link Ranks} has the sixth. */
final class Audit {
  private final QueueRules rules;
  private final StoreInMemory store;
  final Ranks ranks;
  private final Map<SessionRef, Long> generations = new HashMap<>();
  private final Map<String, String> userOfPlace = new HashMap<>();
  private final Map<String, Integer> claims = new HashMap<>();
  private long lastJoinedAt;
  /** Somebody's token ran out: there may be sockets that do not count. */
  boolean barred;

  Audit(QueueRules rules, StoreInMemory store) {
    this.rules = rules;
    this.store = store;
    ranks = new Ranks(rules, store);
  }

  static boolean holds(PlaceRecord place) {
    return place.stage() == Stage.ADMITTED || place.stage() == Stage.CONNECTED || place.stage() == Stage.GRACE;
  }

  long held() {
    return store.places.values().stream().filter(Audit::holds).count();
  }

  /** 1: a promise needs room. Also: what is stored has room for no more than there are slots. */
  void promised(long heldBefore, int capacity) {
    if (capacity > 0 && held() > heldBefore) {
      assertThat(held()).as("invariant 1: slots held of %d", capacity).isLessThanOrEqualTo(capacity);
    }
  }

  void taking(int slot, int capacity) {
    assertThat(slot).as("invariant 1: number of a slot").isLessThan(capacity);
  }

  /** 2: one slot for each user, one session on each socket, one place for each user. */
  void once() {
    Set<String> users = new HashSet<>();
    store.slots.values().stream().filter(holder -> store.places.containsKey(holder.place()) && holds(store.places.get(holder.place())))
        .forEach(holder -> assertThat(users.add(holder.user())).as("invariant 2: second slot of %s", holder.user()).isTrue());
    Set<Object> holders = new HashSet<>();
    Set<String> placed = new HashSet<>();
    for (PlaceRecord place : store.places.values()) {
      if (place.stage() != Stage.REVOKED) {
        assertThat(placed.add(place.user())).as("invariant 2: second place of %s", place.user()).isTrue();
      }
      place.sessions().stream().filter(session -> session.holder() != null && session.holder().isSocket())
          .forEach(session -> assertThat(holders.add(session.holder())).as("invariant 2: second session on %s", session.holder()).isTrue());
    }
  }

  /** 2: the generation only rises. */
  void issued(SessionClaim claim) {
    long before = generations.getOrDefault(claim.session(), 0L);
    assertThat(claim.generation()).as("invariant 2: generation of %s", claim.session()).isGreaterThanOrEqualTo(before);
    generations.put(claim.session(), claim.generation());
  }

  /** Of a place that has ended every copy is gone; a token may put it back with the generation that it knows. */
  void dropped(String place) {
    generations.keySet().removeIf(session -> session.place().equals(place));
    claims.remove(place);
  }

  /** 3 and 4: what a record becomes. */
  void put(PlaceRecord before, PlaceRecord after, long term, long now) {
    ranks.put(after);
    String user = userOfPlace.putIfAbsent(after.id(), after.user());
    if (user == null) {
      assertThat(Place.term(after.id())).as("invariant 4: term of a new place").isEqualTo(term);
      assertThat(after.joinedAtMs()).as("invariant 4: joining times go back").isGreaterThanOrEqualTo(lastJoinedAt);
      lastJoinedAt = after.joinedAtMs();
    } else {
      assertThat(user).as("invariant 4: place %s is given twice", after.id()).isEqualTo(after.user());
    }
    if (before != null) {
      assertThat(after.joinedAtMs()).as("invariant 9: joining again changes nothing").isEqualTo(before.joinedAtMs());
      assertThat(after.order()).as("invariant 9: joining again changes nothing").isEqualTo(before.order());
      if (before.stage() != Stage.ADMITTED && after.stage() == Stage.ADMITTED) {
        claims.put(after.id(), 0);
        assertThat(after.untilMs()).as("invariant 3: time to claim").isBetween(now + 1, now + rules.claimMs());
      }
      if (before.stage() == Stage.ADMITTED && after.stage() == Stage.CONNECTED) {
        assertThat(now).as("invariant 3: claimed after its time").isLessThan(before.untilMs());
        assertThat(claims.merge(after.id(), 1, Integer::sum)).as("invariant 3: claims of one admission").isEqualTo(1);
      }
    }
  }

  /** 5: whoever was admitted had nobody before it who waits still. */
  void inOrder(List<PlaceRecord> promised) {
    List<PlaceRecord> line = ranks.line();
    if (line.isEmpty()) {
      return;
    }
    PlaceRecord first = line.get(0);
    for (PlaceRecord place : promised) {
      long key = place.joinedAtMs() - ranks.credit(place);
      long waiting = first.joinedAtMs() - ranks.credit(first);
      assertThat(key).as("invariant 5: %s was admitted before %s", place, first).isLessThanOrEqualTo(waiting);
      if (key == waiting && ranks.credit(place) == ranks.credit(first)) {
        assertThat(place.order()).as("invariant 5: %s was admitted before %s", place, first).isLessThan(first.order());
      }
    }
  }

  /** 7: whether somebody waits for a slot that is free. */
  boolean isFreeForNothing(int capacity, int leaving) {
    return !ranks.line().isEmpty() && (capacity == 0 || held() + leaving < capacity);
  }

  /** 9: what is given back was held. */
  void freed(QueueEffect.FreeSlot free) {
    assertThat(store.slots).as("invariant 9: slots").containsEntry(free.slot(), free.holder());
  }

  /** 10: on a node that drains are no sockets but those which it had. */
  void drained(PlaceRecord place, String gateway, long lastConnection) {
    place.sessions().stream().filter(session -> session.holder() != null && session.holder().isSocket() && session.holder().gateway().equals(gateway))
        .forEach(session -> assertThat(Long.parseLong(session.holder().connection().substring(1))).as("invariant 10: %s came to a node that drains", session)
            .isLessThanOrEqualTo(lastConnection));
  }

  /** What is stored fits together once the store has said everything. */
  void settled() {
    store.places.values().stream().filter(place -> place.slot() >= 0)
        .forEach(place -> assertThat(store.slots.get(place.slot())).as("invariant 9: slot %d", place.slot()).isEqualTo(new SlotHolder(place.id(), place.user())));
    store.slots.forEach((slot, holder) -> {
      if (!holder.place().startsWith("ghost")) {
        assertThat(store.places).as("invariant 9: places that hold slots").containsKey(holder.place());
        assertThat(store.places.get(holder.place()).slot()).as("invariant 9: slot of %s", holder.place()).isEqualTo(slot);
      }
    });
    for (PlaceRecord place : store.places.values()) {
      boolean socket = place.sessions().stream().anyMatch(session -> session.holder() != null && session.holder().isSocket());
      assertThat(!barred && place.stage() == Stage.GRACE && socket).as("invariant 2: %s has a socket", place).isFalse();
      assertThat(place.stage() == Stage.CONNECTED && !socket).as("invariant 2: %s has no socket", place).isFalse();
      assertThat(holds(place) || place.slot() < 0).as("invariant 9: slot of %s", place).isTrue();
      assertThat(place.stage() == Stage.REVOKED || !place.sessions().isEmpty()).as("sessions of %s", place).isTrue();
    }
  }
}
