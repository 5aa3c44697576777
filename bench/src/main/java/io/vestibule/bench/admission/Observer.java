package io.vestibule.bench.admission;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.error.ErrorReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/** Sees what is decided and who is in, and holds both against the rules by its own books. */
final class Observer {
  private final VirtualTime time;
  private final Map<String, Long> credits;
  private final Map<String, PlaceRecord> records = new HashMap<>();
  private final Map<String, TreeMap<PlaceRecord, Passed>> live = new HashMap<>();
  private final Map<String, Passed> passed = new HashMap<>();
  private final Map<String, List<Told>> told = new HashMap<>();
  private final Rivals rivals = new Rivals();
  final Tally tally = new Tally();
  private Coordinator leader;
  private int capacity;
  private int held;
  private int slots;
  private int connected;
  private IntSupplier cutOff = () -> 0;

  /** How many joined after somebody and were admitted before. */
  private static final class Passed {
    int by;
  }

  /** Estimates that were told at a moment, in milliseconds; -1 for none. */
  record Told(long atMs, double etaMs, double highMs, double naiveMs, double staleMs) {}

  Observer(VirtualTime time, Map<String, Long> credits, int capacity) {
    this.time = time;
    this.credits = credits;
    this.capacity = capacity;
  }

  /** How many of those who are in are on sockets that nobody who decides can reach. */
  void cutOff(IntSupplier people) {
    cutOff = people;
  }

  void resized(int slotsNow) {
    capacity = slotsNow;
  }

  /** Another coordinator begins with what is stored. */
  void leads(Coordinator next, List<PlaceRecord> stored) {
    leader = next;
    records.clear();
    live.clear();
    held = 0;
    stored.forEach(this::put);
  }

  void decided(Coordinator by, List<QueueEffect> effects) {
    if (by != leader) {
      return;
    }
    List<PlaceRecord> admitted = new ArrayList<>();
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.PutPlace put) {
        PlaceRecord before = records.get(put.place().id());
        boolean waited = before == null || before.stage() == Stage.WAITING || before.stage() == Stage.RELEASED;
        put(put.place());
        if (waited && holds(put.place())) {
          admitted.add(put.place());
        }
      } else if (effect instanceof QueueEffect.DropPlace drop) {
        drop(drop.place());
      }
    }
    admitted.forEach(this::admitted);
  }

  private void admitted(PlaceRecord place) {
    tally.admitted++;
    tally.overshoot = Math.max(tally.overshoot, held - capacity);
    live.forEach((userClass, waiters) -> {
      boolean same = userClass.equals(name(place));
      for (Map.Entry<PlaceRecord, Passed> waiter : waiters.headMap(place, false).entrySet()) {
        if (same) {
          tally.inversions++;
        } else {
          tally.largestBypass = Math.max(tally.largestBypass, ++waiter.getValue().by);
          if (place.joinedAtMs() - waiter.getKey().joinedAtMs() > credit(name(place)) - credit(userClass)) {
            tally.beyondCredit++;
          }
        }
      }
    });
    rivals.admitted(place);
    List<Told> estimates = told.remove(place.id());
    if (estimates != null) {
      estimates.forEach(estimate -> tally.cameTrue(estimate, time.nowMs()));
    }
  }

  /** Somebody was told how it stands; each minute once it is remembered. */
  void told(String place, Standing standing) {
    PlaceRecord record = records.get(place);
    if (record == null || record.stage() != Stage.WAITING) {
      return;
    }
    List<Told> estimates = told.computeIfAbsent(place, key -> new ArrayList<>(2));
    if (!estimates.isEmpty() && time.nowMs() - estimates.get(estimates.size() - 1).atMs < 60_000) {
      return;
    }
    double perMs = rivals.admissionsPerMs();
    double naive = perMs > 0 ? standing.position() / perMs : -1;
    double stale = perMs > 0 ? rivals.stalePosition(place) / perMs : -1;
    estimates.add(new Told(time.nowMs(), standing.etaMs(), standing.etaHighMs(), naive, stale));
  }

  /** Somebody has learnt that it is in. */
  void entered(boolean first) {
    connected++;
    if (first) {
      tally.entered++;
      int beyond = connected - Math.max(capacity, held);
      tally.connectedOvershoot = Math.max(tally.connectedOvershoot, beyond - cutOff.getAsInt());
      tally.beyondWithCutOff = Math.max(tally.beyondWithCutOff, beyond);
    }
  }

  void left() {
    connected--;
  }

  /** Somebody who was in wanted to come back, and could not. */
  void lost(ErrorReason reason) {
    tally.lost.merge(reason.slug(), 1, Integer::sum);
  }

  void slotsHeld(int now) {
    if (now > slots) {
      tally.overshoot = Math.max(tally.overshoot, now - capacity);
    }
    slots = now;
  }

  /** A tenth of a second has passed. */
  void tick() {
    int waiting = live.values().stream().mapToInt(TreeMap::size).sum();
    rivals.tick(time.nowMs());
    tally.tick(time.nowMs(), waiting, Math.min(1.0, (double) held / capacity), Math.min(1.0, (double) connected / capacity));
  }

  private void put(PlaceRecord place) {
    PlaceRecord before = records.put(place.id(), place);
    if (before == null) {
      rivals.joined(place);
    }
    held += (holds(place) ? 1 : 0) - (before != null && holds(before) ? 1 : 0);
    boolean stands = place.stage() == Stage.WAITING && place.untilMs() == 0;
    TreeMap<PlaceRecord, Passed> lane = live.computeIfAbsent(name(place), key -> new TreeMap<>(
        Comparator.comparingLong(PlaceRecord::joinedAtMs).thenComparingLong(PlaceRecord::order)));
    if (stands) {
      lane.putIfAbsent(place, passed.computeIfAbsent(place.id(), id -> new Passed()));
    } else {
      lane.remove(place);
    }
  }

  private void drop(String id) {
    PlaceRecord place = records.remove(id);
    told.remove(id);
    passed.remove(id);
    if (place != null) {
      held -= holds(place) ? 1 : 0;
      live.get(name(place)).remove(place);
    }
  }

  private long credit(String userClass) {
    return credits.getOrDefault(userClass, 0L);
  }

  private static String name(PlaceRecord place) {
    return place.userClass() == null ? "" : place.userClass();
  }

  private static boolean holds(PlaceRecord place) {
    return place.stage() == Stage.ADMITTED || place.stage() == Stage.CONNECTED || place.stage() == Stage.GRACE;
  }
}
