package io.vestibule.admission.core;

import io.vestibule.admission.core.Counters.Count;
import io.vestibule.admission.core.QueueEffect.Answer;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.Notify;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.PutQueue;
import io.vestibule.admission.core.QueueEffect.SessionEnded;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.error.ErrorReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a queue knows, and what has to happen because of the event that it is hearing. */
final class QueueState {
  /** How often what was learnt is stored, while somebody waits. */
  static final long EXPERIENCE_MS = 10_000;

  final QueueRules rules;
  final long term;
  final Slots slots;
  final Map<String, Place> places = new HashMap<>();
  final Map<String, Place> byUser = new HashMap<>();
  final Map<Long, Place> byTicket = new HashMap<>();
  final Line line;
  final Inflow inflow;
  final Estimator estimator = new Estimator();
  final UserQuota quota;
  final Seats seats = new Seats();
  final Timers timers = new Timers();
  final Sockets sockets = new Sockets();
  final Ended ended = new Ended();
  final Counters counters = new Counters();
  final Flow flow = new Flow();

  QueueRecord record = QueueRecord.INITIAL;
  int offered;
  boolean strained;
  boolean opened;
  long nowMs = Long.MIN_VALUE;
  long startedAtMs;
  long lastJoinedAtMs;
  long lastOrder;

  private long experienceAtMs = Long.MIN_VALUE / 2;
  private final Set<Place> changed = new LinkedHashSet<>();
  private final List<QueueEffect> dropped = new ArrayList<>();
  final List<QueueEffect> slotWrites = new ArrayList<>();
  private final List<QueueEffect> says = new ArrayList<>();
  private boolean recordChanged;

  QueueState(QueueRules rules, long term, Slots slots) {
    this.rules = rules;
    this.term = term;
    this.slots = slots;
    line = new Line(rules.credits());
    inflow = new Inflow(rules.admissionsPerSecond());
    quota = new UserQuota(rules.userJoins());
    resize();
  }

  /** What passed since the last tick, for the estimates. */
  static final class Flow {
    int admitted;
    int released;
    boolean inflowBound;

    /** What passed, and begins anew. */
    Estimator.Passed passed() {
      Estimator.Passed passed = new Estimator.Passed(admitted, released, inflowBound);
      admitted = 0;
      released = 0;
      inflowBound = false;
      return passed;
    }
  }

  /** Time goes on; it never goes back. */
  void clock(long now) {
    if (nowMs == Long.MIN_VALUE) {
      startedAtMs = now;
    }
    nowMs = Math.max(nowMs, now);
  }

  /** Takes over what is configured, set and offered, and how well the nodes are. A queue that nobody gave a limit lets everybody in as long as nodes take them. */
  void resize() {
    int set = record.capacity() >= 0 ? record.capacity() : rules.capacity();
    int perSecond = record.admissionsPerSecond() >= 0 ? record.admissionsPerSecond() : rules.admissionsPerSecond();
    slots.capacity(offered <= 0 ? set : set == 0 ? offered : Math.min(set, offered));
    inflow.limit(perSecond);
    if (nowMs != Long.MIN_VALUE) {
      inflow.strain(nowMs, strained && (set > 0 || perSecond > 0));
    }
  }

  /** What an operator had set, and what was learnt. */
  void restored(QueueRecord stored) {
    record = stored;
    if (stored.experience() != null) {
      estimator.resume(stored.experience(), nowMs);
    }
    resize();
  }

  /** Now and then what was learnt is stored, for the next coordinator: rates move in minutes. */
  void keepExperience() {
    if (nowMs - experienceAtMs >= EXPERIENCE_MS) {
      experienceAtMs = nowMs;
      Experience learnt = line.size() > 0 ? estimator.experience(nowMs) : null;
      if (learnt != null) {
        record = record.learnt(learnt);
        recordChanged = true;
      }
    }
  }

  /** What an operator sets. */
  void record(QueueRecord next) {
    if (!next.equals(record)) {
      record = next;
      recordChanged = true;
      resize();
    }
  }

  /** Whether anybody is admitted at all. */
  boolean admits() {
    return opened && !record.paused() && offered >= 0;
  }

  /** Enters a place; it is not in line yet. */
  void add(Place place) {
    places.put(place.id, place);
    byUser.put(place.user, place);
    touch(place);
    lastJoinedAtMs = Math.max(lastJoinedAtMs, place.joinedAtMs);
    lastOrder = Math.max(lastOrder, place.order);
  }

  void remove(Place place) {
    places.remove(place.id);
    byUser.remove(place.user, place);
    changed.remove(place);
    touch(place);
  }

  private void touch(Place place) {
    if (rules.manyQueues()) {
      seats.touch(place.user);
    }
  }

  /** Puts a place in line where its joining time says. */
  void enterLine(Place place) {
    place.ticket = line.restore(place.userClass, place.joinedAtMs, place.order);
    byTicket.put(place.ticket, place);
  }

  void leaveLine(Place place) {
    line.cancel(place.ticket);
    byTicket.remove(place.ticket);
    place.ticket = Line.NONE;
  }

  /** The place is to be stored as it is when the event has been heard. */
  void changed(Place place) {
    changed.add(place);
    touch(place);
  }

  void drop(String place) {
    dropped.add(new DropPlace(place));
  }

  /** Stores a place that is none any more. */
  void tombstone(PlaceRecord record) {
    dropped.add(new PutPlace(record));
  }

  void answer(long ref, AdmissionAnswer answer) {
    says.add(new Answer(ref, answer));
  }

  void refuse(long ref, ErrorReason reason, long retryAfterMs, Quota quota) {
    answer(ref, new Refused(reason, retryAfterMs, 0, 0, quota));
  }

  /** Tells the holder of a socket something; nothing happens where there is none. */
  void tell(Holder holder, AdmissionNotice notice) {
    if (holder != null && holder.isSocket()) {
      says.add(new Notify(holder.gateway(), notice));
    }
  }

  /** Says that a session which was in has ended. */
  void sessionEnded(String why, long lastedMs) {
    says.add(new SessionEnded(why, lastedMs));
  }

  void count(Count count) {
    counters.add(count);
  }

  /** Everything that has to happen, what the count of sessions has to hear first, then writes: places before slots, so that who is recorded with a slot that was not stored takes it again. */
  List<QueueEffect> flush() {
    List<QueueEffect> left = new ArrayList<>(0);
    seats.flush(byUser, left);
    List<QueueEffect> out = new ArrayList<>(dropped.size() + changed.size() + slotWrites.size() + says.size() + 1);
    out.addAll(seats.calls());
    out.addAll(dropped);
    for (Place place : changed) {
      out.add(new PutPlace(place.record()));
      timers.arm(place);
    }
    if (recordChanged) {
      out.add(new PutQueue(record));
    }
    out.addAll(slotWrites);
    out.addAll(left);
    out.addAll(says);
    dropped.clear();
    changed.clear();
    slotWrites.clear();
    says.clear();
    recordChanged = false;
    return out;
  }
}
