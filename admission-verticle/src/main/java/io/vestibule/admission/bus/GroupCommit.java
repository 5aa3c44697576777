package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.core.QueueEvent.SlotTaken;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.admission.store.FencedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a core decided, on its way through the store to those who asked. One commit is under way at a time; what is decided meanwhile gathers for the next. A group's
 * answers and notices leave when its writes are stored, in their order, and if this node leads then. A commit that fails or is late is repeated as it is, since nobody knows whether it
 * was done; that goes on until it is stored or the leadership is over.
 */
final class GroupCommit {
  /** The most writes of a commit, so that a store that was away for a while is not asked for everything at once. */
  static final int MOST_WRITES = 2_000;

  /** Longer than the deadline of any store. */
  static final long LATE_MILLIS = 15_000;

  /** Stores a group; see {@link io.vestibule.admission.store.AdmissionStore#commit}. */
  interface Journal {
    Future<List<SlotHeld>> commit(List<Write> writes);
  }

  /** Who leads the queue. */
  interface Leader {
    /** Whether the term is still the highest, as far as this node can know: asked right before anything leaves. */
    boolean isCurrent();

    /** Lets an answer or a notice go; it is stored. */
    void say(QueueEffect said);

    /** All of a group was said. */
    void spoken();

    /**
     * A group is stored.
     *
     * @param slots what became of the slots it takes, in their order
     * @param millis how long it took
     * @return what the core makes of the slots
     */
    List<QueueEffect> stored(List<Write> writes, List<QueueEvent> slots, long millis);

    /** A commit failed and is repeated. */
    void failed(Throwable thrown, int attempt);

    /** The store knows of another leader: nothing more is to be said. */
    void fenced(FencedException thrown);

    /** Somebody else may lead: nothing more is to be said. */
    void deposed(String why);
  }

  private final Journal journal;
  private final Leader leader;
  private final Timers timers;
  private final LeaderClock clock;
  private final Deque<QueueEffect> gathered = new ArrayDeque<>();
  private StoreCall<List<SlotHeld>> underWay;
  private boolean ended;

  /** What is committed together, and what is said when it is. */
  private record Group(List<Write> writes, List<QueueEffect> said, long sinceMs) {}

  GroupCommit(Journal journal, Leader leader, Timers timers, LeaderClock clock) {
    this.journal = journal;
    this.leader = leader;
    this.timers = timers;
    this.clock = clock;
  }

  /** Takes what the core decided; {@link #flush} sends it on its way. */
  void add(List<QueueEffect> effects) {
    if (!ended) {
      gathered.addAll(effects);
    }
  }

  /** Effects that wait for the commit that is under way. */
  int waiting() {
    return gathered.size();
  }

  /** Commits what has gathered, unless a commit is under way. */
  void flush() {
    while (!ended && underWay == null && !gathered.isEmpty()) {
      Group group = nextGroup();
      if (group.writes().isEmpty()) {
        say(group);
      } else {
        commit(group);
      }
    }
  }

  /** Nothing more is stored or said; a commit that is under way is left to the fence. */
  void end() {
    ended = true;
    gathered.clear();
    if (underWay != null) {
      underWay.end();
    }
  }

  private Group nextGroup() {
    List<Write> writes = new ArrayList<>();
    List<QueueEffect> said = new ArrayList<>();
    while (!gathered.isEmpty() && (writes.size() < MOST_WRITES || !(gathered.peek() instanceof Write))) {
      QueueEffect effect = gathered.poll();
      if (effect instanceof Write write) {
        writes.add(write);
      } else {
        said.add(effect);
      }
    }
    return new Group(writes, said, clock.nowMs());
  }

  private void commit(Group group) {
    underWay = new StoreCall<>(() -> journal.commit(group.writes()), new StoreCall.Outcome<>() {
      @Override
      public void done(List<SlotHeld> refused) {
        underWay = null;
        stored(group, refused);
      }

      @Override
      public void fenced(FencedException thrown) {
        leader.fenced(thrown);
      }

      @Override
      public void failed(Throwable thrown, int attempt) {
        leader.failed(thrown, attempt);
        if (!leader.isCurrent()) {
          leader.deposed("the term ran out while the store did not take the changes");
        }
      }
    }, timers, LATE_MILLIS);
    underWay.start();
  }

  /** What follows from the slots is committed behind what gathered meanwhile: the core decided that without knowing. */
  private void stored(Group group, List<SlotHeld> refused) {
    say(group);
    if (!ended) {
      add(leader.stored(group.writes(), slots(group.writes(), refused), clock.nowMs() - group.sinceMs()));
      flush();
    }
  }

  private static List<QueueEvent> slots(List<Write> writes, List<SlotHeld> refused) {
    List<QueueEvent> slots = new ArrayList<>();
    Map<Integer, SlotHolder> others = others(writes, refused);
    for (Write write : writes) {
      if (write instanceof TakeSlot take) {
        SlotHolder other = others.get(take.slot());
        slots.add(other == null ? new SlotTaken(take.slot(), take.holder()) : new SlotHeld(take.slot(), other));
      }
    }
    return slots;
  }

  /**
   * Who keeps these writes from a slot. When a slot changes hands within the group and the commit is repeated, the first holder may be refused because of the
   * second: that is the group's own doing.
   */
  private static Map<Integer, SlotHolder> others(List<Write> writes, List<SlotHeld> refused) {
    if (refused.isEmpty()) {
      return Map.of();
    }
    Set<TakeSlot> own = new HashSet<>();
    writes.forEach(write -> {
      if (write instanceof TakeSlot take) {
        own.add(take);
      }
    });
    Map<Integer, SlotHolder> others = new HashMap<>();
    refused.stream().filter(held -> !own.contains(new TakeSlot(held.slot(), held.holder()))).forEach(held -> others.put(held.slot(), held.holder()));
    return others;
  }

  private void say(Group group) {
    if (!group.said().isEmpty() && !leader.isCurrent()) {
      leader.deposed("the term ran out");
      return;
    }
    for (QueueEffect said : group.said()) {
      leader.say(said);
    }
    leader.spoken();
  }
}
