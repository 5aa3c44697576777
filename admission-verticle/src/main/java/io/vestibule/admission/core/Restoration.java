package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.error.ErrorReason;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Begins with what is stored. A crash may have stored part of a group, so records and slots are brought together; the records say who was meant to have which. */
final class Restoration {
  /** What ran out while nobody led ends so long after the takeover, so that those who tried can try again. */
  static final long KINDNESS_MS = 5_000;

  private final QueueState state;
  private final Stages stages;
  private final Standings standings;

  Restoration(QueueState state, Stages stages, Standings standings) {
    this.state = state;
    this.stages = stages;
    this.standings = standings;
  }

  void restore(List<PlaceRecord> records, Map<Integer, SlotHolder> slots) {
    List<PlaceRecord> inOrder = records.stream()
        .sorted(Comparator.comparingLong(PlaceRecord::joinedAtMs).thenComparingLong(PlaceRecord::order)).toList();
    inOrder.forEach(this::sequence);
    inOrder.stream().filter(record -> record.stage() == Stage.REVOKED).sorted(Comparator.comparingLong(PlaceRecord::untilMs))
        .forEach(record -> state.ended.put(record.id(), ErrorReason.RESUME_REVOKED, End.REVOKED, record.untilMs(), true));
    Map<String, PlaceRecord> byUser = new LinkedHashMap<>();
    for (PlaceRecord record : inOrder) {
      PlaceRecord other = record.stage() == Stage.REVOKED ? null : byUser.put(record.user(), record);
      if (other != null) {
        state.drop(other.id());
      }
    }
    List<PlaceRecord> alive = inOrder.stream().filter(record -> byUser.get(record.user()) == record).toList();
    Set<Integer> right = alive.stream().filter(record -> isRight(record, slots)).map(PlaceRecord::slot).collect(Collectors.toSet());
    slots.forEach((slot, holder) -> {
      if (!right.contains(slot)) {
        state.slotWrites.add(new FreeSlot(slot, holder));
      }
    });
    alive.forEach(this::enter);
    for (PlaceRecord record : alive) {
      Place place = state.places.get(record.id());
      if (place.stage().holdsSlot() && (record.slot() < 0 || isRight(record, slots))) {
        state.slots.adopt(place, record.slot());
      }
    }
    for (PlaceRecord record : alive) {
      Place place = state.places.get(record.id());
      if (place.stage().holdsSlot() && record.slot() >= 0 && !isRight(record, slots)) {
        takeAgain(place);
      }
    }
    List.copyOf(state.places.values()).stream().filter(place -> place.sessions.isEmpty()).forEach(place -> stages.end(place, Stages.Cause.EXPIRED));
  }

  private void sequence(PlaceRecord record) {
    state.lastOrder = Math.max(state.lastOrder, record.order());
    state.lastJoinedAtMs = Math.max(state.lastJoinedAtMs, record.joinedAtMs());
  }

  /** Whether both the record and the store's slot say that the place has that slot. */
  private static boolean isRight(PlaceRecord record, Map<Integer, SlotHolder> slots) {
    SlotHolder holder = slots.get(record.slot());
    return holder != null && holder.place().equals(record.id()) && record.stage() != Stage.WAITING && record.stage() != Stage.RELEASED;
  }

  /** The record was stored and the slot was not, so nobody was told; or it was lost. */
  private void takeAgain(Place place) {
    if (state.slots.hasRoom()) {
      state.slots.take(place, state.slotWrites);
      state.changed(place);
    } else {
      stages.unpromise(place);
    }
  }

  /** Nothing is written for a place that is as it was. */
  private void enter(PlaceRecord record) {
    Place place = new Place(record.id(), record.user(), record.userClass(), record.joinedAtMs(), record.order(), stage(record));
    place.nextNumber = record.nextNumber();
    for (PlaceRecord.SessionRecord stored : record.sessions()) {
      Session session = Session.of(place, stored);
      session.untilMs = kind(stored.untilMs(), Math.max(state.rules.awayMs(), state.rules.sessionTtlMs()));
      session.pollByMs = state.nowMs + state.rules.awayMs();
      session.barred = isBarred(record, session);
      session.told = place.stage().holdsSlot() && session.isOnSocket();
      session.seasoned |= place.stage().holdsSlot() || record.stage() == Stage.RELEASED;
      place.sessions.add(session);
      place.nextNumber = Math.max(place.nextNumber, stored.number() + 1);
      state.sockets.put(session);
    }
    stages.enter(place);
    standings.restored(place);
    state.timers.arm(place);
  }

  /** That is not stored, and follows from a stage in which nobody is there. */
  private static boolean isBarred(PlaceRecord record, Session session) {
    return switch (record.stage()) {
      case WAITING -> record.untilMs() > 0 && session.holder != null;
      case GRACE, RELEASED -> session.isOnSocket();
      case ADMITTED, CONNECTED, REVOKED -> false;
    };
  }

  private PlaceStage stage(PlaceRecord record) {
    return switch (record.stage()) {
      case WAITING -> new PlaceStage.Waiting(kind(record.untilMs(), state.rules.awayMs()));
      case ADMITTED -> new PlaceStage.Admitted(Math.min(record.untilMs(), state.nowMs + state.rules.claimMs()));
      case CONNECTED -> new PlaceStage.Connected();
      case GRACE -> new PlaceStage.Grace(kind(record.untilMs(), state.rules.slotGraceMs()));
      case RELEASED -> new PlaceStage.Released();
      case REVOKED -> throw new IllegalArgumentException("place " + record.id() + " has ended");
    };
  }

  /** No time lasts longer than if it began now: the clock of who set it was ahead then. */
  private long kind(long untilMs, long lastsMs) {
    return untilMs == 0 ? 0 : Math.max(Math.min(untilMs, state.nowMs + lastsMs), state.nowMs + KINDNESS_MS);
  }
}
