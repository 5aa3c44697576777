package io.vestibule.admission.bus;

import io.vestibule.admission.core.QueueCore;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.admission.store.FencedException;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A queue that is led: brings the core what happens, has what follows stored, and lets go what it says. It begins when the takeover has told how the queue is, and ends with the reign. One event loop.
 */
final class OpenQueue {
  /** With so much waiting for the store the queue's time stands still: deadlines are kept later then, and nobody is lost. */
  static final int MOST_GATHERED = 50_000;

  private static final EventLog LOG = EventLog.of(OpenQueue.class);
  private static final long STATUS_MILLIS = 1_000;
  private static final long SURVEY_DEADLINE_MILLIS = 5_000;

  private final Reign reign;
  private final Surroundings surroundings;
  private final QueueLeader.Deposed deposed;
  private final LeaderClock clock;
  private final QueueMeters meters;
  private final StoreFailures failures;
  private final PendingAnswers pending;
  private final QueueCore core;
  private final GroupCommit commits;
  private final Notices notices;
  private final SocketRounds rounds;
  private final SeatDesk seats;
  private final Circumstances circumstances = new Circumstances();
  private boolean ended;
  private long statusMs;
  private String trouble;

  /**
   * A queue that {@link #begin} opens.
   *
   * @param pending who waits for which answer
   * @param core the queue as it was taken over
   * @param deposed told if somebody else leads, or the store lost what it had
   */
  OpenQueue(Reign reign, Surroundings surroundings, LeaderClock clock, PendingAnswers pending, QueueCore core, QueueLeader.Deposed deposed) {
    this.reign = reign;
    this.surroundings = surroundings;
    this.clock = clock;
    this.pending = pending;
    this.core = core;
    this.deposed = deposed;
    this.meters = surroundings.meters().of(reign.queue());
    this.failures = new StoreFailures(reign);
    this.notices = new Notices((gateway, said) -> surroundings.gateways().tell(gateway,
        new AdmissionNotices(surroundings.self(), reign.shard(), reign.term(), said)), this::nobodyThere, surroundings.timers());
    this.commits = new GroupCommit(writes -> surroundings.store().commit(reign.queue(), reign.term(), writes), new Voice(),
        surroundings.timers(), clock);
    SocketQuestion question = new SocketQuestion(surroundings.self(), reign.shard(), reign.term());
    this.rounds = new SocketRounds(gateway -> surroundings.gateways().ask(gateway, question, SURVEY_DEADLINE_MILLIS), this::reported);
    this.seats = new SeatDesk(reign, surroundings, core, new Counting(), clock.nowMs());
  }

  /** Goes on from what the takeover found. */
  void begin(Takeover.Taken taken) {
    rounds.begin(taken.heard(), clock.nowMs());
    decided(taken.effects());
    circumstances.changed(surroundings).forEach(this::hear);
    hear(new QueueEvent.Opened());
  }

  /** Whether all sockets of a gateway were reported since one of them was given up. */
  boolean hasHeard(String gateway) {
    return rounds.hasHeard(gateway);
  }

  /** Whether so much waits for the store that no more should be decided. */
  boolean isBusy() {
    return commits.waiting() > MOST_GATHERED;
  }

  /** What the store said when it failed, as long as it does. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** The queue at a glance. */
  QueueStatus status() {
    return core.status(clock.nowMs());
  }

  /** Answers that it is done, once all that was decided before is stored. */
  void answerBehind(long ref) {
    commits.add(List.of(new QueueEffect.Answer(ref, new Done())));
  }

  /** What of a user could make room in other queues, told once what has ended is not counted any more. */
  void offers(String user, Consumer<SeatReport> then) {
    seats.report(user, then);
  }

  /** Time has passed. */
  void tick() {
    if (isBusy()) {
      return;
    }
    long nowMs = clock.nowMs();
    Set<String> alive = surroundings.gateways().alive();
    notices.retain(alive);
    circumstances.changed(surroundings).forEach(this::hear);
    hear(new QueueEvent.Tick());
    rounds.tick(alive, nowMs);
    seats.tick(nowMs);
    if (nowMs - statusMs >= STATUS_MILLIS) {
      statusMs = nowMs;
      meters.led(core.status(nowMs), pending.size(), notices.waiting());
    }
    flush();
  }

  /** Sends on its way what followed from the events so far. */
  void flush() {
    seats.flush();
    commits.flush();
  }

  /** Stores and says nothing more. */
  void end() {
    ended = true;
    commits.end();
    seats.end();
    notices.end();
  }

  /** The core hears of something. */
  void hear(QueueEvent event) {
    List<QueueEffect> effects;
    try {
      effects = core.handle(event, clock.nowMs());
    } catch (RuntimeException thrown) {
      // One event that the core cannot handle must not stop the line for everybody.
      LOG.error(LogEvent.INTERNAL_ERROR, null).with(LogKey.QUEUE, reign.queue()).with(LogKey.CALL, event.getClass().getSimpleName()).cause(thrown).write();
      if (event instanceof QueueEvent.Asked asked) {
        commits.add(List.of(new QueueEffect.Answer(asked.ref(), new Refused(ErrorReason.INTERNAL, 0, 0, 0, Quota.NONE))));
      }
      return;
    }
    decided(effects);
  }

  /** What the count has to hear goes at once, all else by way of the store. */
  private void decided(List<QueueEffect> effects) {
    commits.add(storable(effects));
  }

  private List<QueueEffect> storable(List<QueueEffect> effects) {
    if (!reign.rules().manyQueues()) {
      return effects;
    }
    List<QueueEffect> others = new ArrayList<>(effects.size());
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.SeatCall call) {
        seats.add(call);
      } else {
        others.add(effect);
      }
    }
    return others;
  }

  private void nobodyThere(String gateway, String connection) {
    if (!ended) {
      hear(new QueueEvent.NobodyThere(gateway, connection));
      flush();
    }
  }

  private void reported(String gateway, SocketReport report) {
    if (!ended) {
      hear(new QueueEvent.Reported(gateway, report.of(reign.queue())));
      flush();
    }
  }

  private final class Counting implements SeatDesk.Listener {
    @Override
    public void hear(QueueEvent event) {
      if (!ended) {
        OpenQueue.this.hear(event);
      }
    }

    @Override
    public void flush() {
      if (!ended) {
        OpenQueue.this.flush();
      }
    }

    @Override
    public void failed(Throwable thrown) {
      meters.storeFailed("count");
      failures.failed(thrown, clock.nowMs());
    }

    @Override
    public void fenced(FencedException thrown) {
      deposed.over(thrown.getMessage(), thrown.toSurpass());
    }
  }

  /** What leaves, after it is stored. */
  private final class Voice implements GroupCommit.Leader {
    @Override
    public boolean isCurrent() {
      return reign.current().getAsBoolean();
    }

    @Override
    public void say(QueueEffect said) {
      if (said instanceof QueueEffect.Answer answer) {
        PendingAnswers.Asking asking = pending.remove(answer.ref());
        if (asking != null) {
          asking.reply().accept(answer.answer());
          meters.answered(asking, answer.answer(), clock.nowMs());
          if (asking.command() != null) {
            LOG.debug(LogEvent.ADMISSION_DECIDED, asking.correlationId()).with(LogKey.QUEUE, reign.queue()).with(LogKey.CALL, QueueMeters.kind(asking.command()))
                .with(LogKey.STATUS, QueueMeters.outcome(answer.answer())).with(LogKey.DURATION_MS, clock.nowMs() - asking.atMs()).write();
          }
        }
      } else if (said instanceof QueueEffect.SeatsLeft left) {
        hear(new QueueEvent.SeatsFreed(left.user(), left.count()));
      } else if (said instanceof QueueEffect.SessionEnded session) {
        meters.sessionEnded(session);
      } else if (said instanceof QueueEffect.Notify notify) {
        meters.notified(notify.notice(), clock.nowMs());
        notices.add(notify.gateway(), notify.notice());
      }
    }

    @Override
    public void spoken() {
      notices.flush();
      seats.flush();
    }

    @Override
    public List<QueueEffect> stored(List<QueueEffect.Write> writes, List<QueueEvent> slots, long millis) {
      trouble = null;
      meters.stored(writes, millis, clock.nowMs());
      List<QueueEffect> effects = new ArrayList<>();
      for (QueueEvent slot : slots) {
        effects.addAll(core.handle(slot, clock.nowMs()));
      }
      return storable(effects);
    }

    @Override
    public void failed(Throwable thrown, int attempt) {
      trouble = thrown.toString();
      meters.storeFailed("commit");
      failures.failed(thrown, clock.nowMs());
    }

    @Override
    public void fenced(FencedException thrown) {
      deposed.over(thrown.getMessage(), thrown.toSurpass());
    }

    @Override
    public void deposed(String why) {
      deposed.over(why, 0);
    }
  }
}
