package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.SeatReport;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One queue: who has a place, in which order they are admitted, who holds a slot and for how long. It is told what happens and says what has to be stored, answered and told; it awaits nothing. Not
 * thread-safe. The order in what it returns is the order to store in; answers and notices come after the writes they depend on.
 *
 * <p>Nobody is admitted before {@link QueueEvent.Opened}. A promise of a slot counts at once and is said once the slot is stored ({@link QueueEvent.SlotTaken}).
 */
public final class QueueCore {
  private final QueueState state;
  private final Standings standings;
  private final Stages stages;
  private final Admissions admissions;
  private final Joining joining;
  private final Returning returning;
  private final Upkeep upkeep;
  private final Reporting reporting;

  /**
   * An empty queue.
   *
   * @param term of the coordinator; makes the names of places unique
   */
  public QueueCore(QueueRules rules, long term) {
    this(rules, term, new Slots());
  }

  QueueCore(QueueRules rules, long term, Slots slots) {
    state = new QueueState(rules, term, slots);
    standings = new Standings(state);
    stages = new Stages(state, standings);
    admissions = new Admissions(state, stages, standings);
    joining = new Joining(state, stages, standings, admissions);
    returning = new Returning(state, stages, standings, admissions);
    upkeep = new Upkeep(state, stages, admissions);
    reporting = new Reporting(state, stages, standings, returning, admissions);
  }

  /**
   * Begins with what is stored; to be called once, before the first event.
   *
   * @param slots who holds each slot that is held
   * @param nowMs Unix milliseconds of the coordinator's clock
   * @return what has to be put in order in the store
   */
  public List<QueueEffect> restore(List<PlaceRecord> places, Map<Integer, SlotHolder> slots, QueueRecord queue, long nowMs) {
    state.clock(nowMs);
    state.restored(queue);
    new Restoration(state, stages, standings).restore(places, slots);
    if (state.rules.manyQueues()) {
      state.byUser.forEach((user, place) -> state.seats.begin(user, place.sessions.size()));
    }
    return state.flush();
  }

  /**
   * Hears an event.
   *
   * @param nowMs Unix milliseconds of the coordinator's clock; a time before the last one counts as the last
   * @return what has to happen, writes first
   */
  public List<QueueEffect> handle(QueueEvent event, long nowMs) {
    state.clock(nowMs);
    expire();
    hear(event);
    admissions.run();
    if (event instanceof QueueEvent.Tick) {
      tick();
    }
    return state.flush();
  }

  /** What ran out has ended before anything else happens in that millisecond. */
  private void expire() {
    for (Place place = state.timers.next(state.nowMs); place != null; place = state.timers.next(state.nowMs)) {
      stages.expire(place);
    }
  }

  private void hear(QueueEvent event) {
    if (event instanceof QueueEvent.Asked asked) {
      ask(asked);
    } else if (event instanceof QueueEvent.Opened) {
      state.opened = true;
    } else if (event instanceof QueueEvent.SlotTaken stored) {
      admissions.taken(stored.slot(), stored.holder());
    } else if (event instanceof QueueEvent.SlotHeld refused) {
      admissions.refused(refused.slot(), refused.holder());
    } else if (event instanceof QueueEvent.NobodyThere gone) {
      upkeep.nobodyThere(gone.gateway(), gone.connection());
    } else if (event instanceof QueueEvent.Reported reported) {
      reporting.reported(reported.gateway(), reported.report());
    } else if (event instanceof QueueEvent.Alive alive) {
      reporting.alive(alive.gateways());
    } else if (event instanceof QueueEvent.SeatAnswered answer) {
      state.seats.answered(answer);
    } else if (event instanceof QueueEvent.SeatsFreed freed) {
      state.seats.freed(freed.user(), freed.count());
    } else if (event instanceof QueueEvent.SeatWanted wanted) {
      upkeep.seatWanted(wanted);
    } else {
      operate(event);
    }
  }

  private void ask(QueueEvent.Asked asked) {
    AdmissionCommand command = asked.command();
    long ref = asked.ref();
    if (command instanceof AdmissionCommand.Join join) {
      joining.join(ref, join);
    } else if (command instanceof AdmissionCommand.Resume resume) {
      returning.resume(ref, resume);
    } else if (command instanceof AdmissionCommand.Poll poll) {
      returning.poll(ref, asked.gateway(), poll);
    } else if (command instanceof AdmissionCommand.Confirm confirm) {
      upkeep.confirm(ref, confirm);
    } else if (command instanceof AdmissionCommand.Detach detach) {
      upkeep.detach(ref, detach);
    } else if (command instanceof AdmissionCommand.Away away) {
      upkeep.away(ref, away);
    } else if (command instanceof AdmissionCommand.Leave leave) {
      upkeep.leave(ref, leave);
    } else if (command instanceof AdmissionCommand.Save save) {
      upkeep.save(ref, save);
    }
  }

  private void operate(QueueEvent event) {
    if (event instanceof QueueEvent.Offered offered) {
      state.offered = offered.connections();
      state.resize();
    } else if (event instanceof QueueEvent.Strain strain) {
      state.strained = strain.strained();
      state.resize();
    } else if (event instanceof QueueEvent.Resized resized) {
      state.record(state.record.resized(resized.capacity(), resized.admissionsPerSecond()));
    } else if (event instanceof QueueEvent.Paused paused) {
      state.record(state.record.paused(paused.paused()));
    } else if (event instanceof QueueEvent.Revoked revoked) {
      upkeep.revoke(revoked.user(), revoked.sessionId());
    }
  }

  private void tick() {
    reporting.tick();
    standings.tick();
    state.ended.forget(state.nowMs, state::drop);
    state.estimator.tick(state.nowMs, state.flow.passed(), state.line.size());
    state.keepExperience();
  }

  /** The users of a shard of {@link SeatLedger} whose sessions count, where there are several queues. */
  public Set<String> seatedUsers(int shard) {
    return state.seats.names(shard);
  }

  /** How many sessions of a user count here, without those that are being asked for. */
  public int seats(String user) {
    return state.seats.held(user);
  }

  /** The sessions of a user that come first when one has to make room. */
  public List<SeatReport.Offer> offers(String user) {
    return upkeep.offers(user);
  }

  /** The queue at a glance. */
  public QueueStatus status(long nowMs) {
    state.clock(nowMs);
    int sessions = state.places.values().stream().mapToInt(place -> place.sessions.size()).sum();
    return new QueueStatus(state.rules.name(), state.slots.capacity(), state.line.size(), state.line.away(),
        stages.count(Stage.ADMITTED), stages.count(Stage.CONNECTED), stages.count(Stage.GRACE), sessions, state.sockets.counts(),
        state.estimator.admissionsPerSecond(), state.inflow.bound(), state.estimator.errorPercent(), state.estimator.coveragePercent(),
        state.record.paused(), state.counters.all());
  }
}
