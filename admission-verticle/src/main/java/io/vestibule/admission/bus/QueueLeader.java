package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.admission.core.QueueCore;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.admission.store.FencedException;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One reign over one queue: takes it over, then brings it what happens and lets go what it says, until the reign is over. It ends for good; who leads again makes a new one.
 * What is asked during the takeover waits.
 */
final class QueueLeader {
  /** With so much waiting for the store the queue's time stands still: deadlines are kept later then, and nobody is lost. */
  static final int MOST_GATHERED = 50_000;

  private static final EventLog LOG = EventLog.of(QueueLeader.class);
  private static final long STATUS_MILLIS = 1_000;
  private static final long SURVEY_DEADLINE_MILLIS = 5_000;
  private static final long RETRY_AFTER_MILLIS = 1_000;

  private final Reign reign;
  private final Surroundings surroundings;
  private final Deposed onDeposed;
  private final LeaderClock clock;
  private final QueueMeters meters;
  private final StoreFailures failures;
  private final PendingAnswers pending = new PendingAnswers();
  private final List<QueueEvent> early = new ArrayList<>();
  private final Takeover takeover;
  private final GroupCommit commits;
  private final Notices notices;
  private final SocketRounds rounds;
  private final Circumstances circumstances = new Circumstances();
  private QueueCore core;
  private SeatDesk seats;
  private boolean ended;
  private long statusMs;
  private String trouble;

  /** Told when a reign is over by itself. */
  interface Deposed {
    /**
     * Somebody else leads, or the store lost what it had.
     *
     * @param toSurpass the term of another owner that the store was written to with, if only one above that will do; else 0
     */
    void over(String why, long toSurpass);
  }

  /**
   * A reign that {@link #start} begins.
   *
   * @param onDeposed told if the reign is over by itself, and not by {@link #end}
   */
  QueueLeader(Reign reign, Surroundings surroundings, Deposed onDeposed) {
    this.reign = reign;
    this.surroundings = surroundings;
    this.onDeposed = onDeposed;
    this.clock = surroundings.newClock();
    this.meters = surroundings.meters().of(reign.queue());
    this.failures = new StoreFailures(reign);
    this.takeover = new Takeover(reign, surroundings, clock, new Beginning());
    this.notices = new Notices((gateway, said) -> surroundings.gateways().tell(gateway,
        new AdmissionNotices(surroundings.self(), reign.shard(), reign.term(), said)), this::nobodyThere, surroundings.timers());
    this.commits = new GroupCommit(writes -> surroundings.store().commit(reign.queue(), reign.term(), writes), new Voice(),
        surroundings.timers(), clock);
    SocketQuestion question = new SocketQuestion(surroundings.self(), reign.shard(), reign.term());
    this.rounds = new SocketRounds(gateway -> surroundings.gateways().ask(gateway, question, SURVEY_DEADLINE_MILLIS), this::reported);
  }

  void start() {
    takeover.start();
  }

  /** The name of the queue. */
  String queue() {
    return reign.queue();
  }

  /** Whether the sockets of a gateway hold what they have: none of them was given up, or all were reported since. */
  boolean counts(String gateway) {
    return !isOpen() || rounds.hasHeard(gateway);
  }

  /** Whether the takeover is over. */
  boolean isOpen() {
    return core != null && !ended;
  }

  /** What the store said when it failed, as long as it does. */
  Optional<String> trouble() {
    return core == null ? takeover.trouble() : Optional.ofNullable(trouble);
  }

  /** The queue at a glance, once it is open. */
  Optional<QueueStatus> status() {
    return isOpen() ? Optional.of(core.status(clock.nowMs())) : Optional.empty();
  }

  /**
   * Hears a command; {@link #flush} sends what follows on its way.
   *
   * @param reply takes the answer, which may be now, and comes once
   */
  void ask(String gateway, AdmissionCommand command, String correlationId, Consumer<AdmissionAnswer> reply) {
    if (ended) {
      reply.accept(new NotLeader());
    } else if (pending.isFull() || commits.waiting() > MOST_GATHERED) {
      reply.accept(new Refused(ErrorReason.ADMISSION_UNAVAILABLE, RETRY_AFTER_MILLIS, 0, 0, Quota.NONE));
      meters.answered(command, ErrorReason.ADMISSION_UNAVAILABLE);
    } else {
      long ref = pending.add(new PendingAnswers.Asking(command, correlationId, reply, clock.nowMs()));
      QueueEvent asked = new QueueEvent.Asked(ref, gateway, command);
      if (core == null) {
        early.add(asked);
      } else {
        hear(asked);
      }
    }
  }

  /**
   * Does what an operator orders.
   *
   * @param done told once it is stored, or that this node does not lead (any more)
   */
  void order(QueueEvent event, String correlationId, Consumer<AdmissionAnswer> done) {
    if (!isOpen() || pending.isFull()) {
      done.accept(new NotLeader());
      return;
    }
    LOG.info(LogEvent.QUEUE_ORDERED, correlationId).with(LogKey.QUEUE, reign.queue()).with(LogKey.DETAIL, event).write();
    hear(event);
    long ref = pending.add(new PendingAnswers.Asking(null, correlationId, done, clock.nowMs()));
    commits.add(List.of(new QueueEffect.Answer(ref, new Done())));
    flush();
  }

  /**
   * The coordinator of another queue needs room for somebody.
   *
   * @return what else could make room, once what is to end is stored and counts no more; fails with {@code admission_unavailable}
   */
  Future<SeatReport> makeRoom(SeatOrder order, String correlationId) {
    Promise<SeatReport> report = Promise.promise();
    if (!isOpen() || pending.isFull()) {
      report.fail(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE));
      return report.future();
    }
    long ref = pending.add(new PendingAnswers.Asking(null, correlationId, answer -> {
      if (answer instanceof Done) {
        seats.report(order.user(), report::tryComplete);
      } else {
        report.tryFail(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE));
      }
    }, clock.nowMs()));
    if (order.session() == null) {
      commits.add(List.of(new QueueEffect.Answer(ref, new Done())));
    } else {
      hear(new QueueEvent.SeatWanted(ref, order.user(), order.session(), order.evenLive()));
    }
    flush();
    return report.future();
  }

  /** Time has passed. */
  void tick() {
    if (ended) {
      return;
    }
    long nowMs = clock.nowMs();
    pending.sweep(nowMs);
    if (core != null && commits.waiting() <= MOST_GATHERED) {
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
  }

  /** Sends on its way what followed from the events so far. */
  void flush() {
    if (seats != null) {
      seats.flush();
    }
    commits.flush();
  }

  /** Ends the reign; whoever waits for an answer is told to ask again. */
  void end(String why) {
    if (!ended) {
      ended = true;
      takeover.end();
      commits.end();
      if (seats != null) {
        seats.end();
      }
      notices.end();
      pending.dismiss();
      meters.notLed();
      LOG.info(LogEvent.QUEUE_GIVEN_UP, null).with(LogKey.QUEUE, reign.queue()).with(LogKey.TERM, reign.term()).with(LogKey.DETAIL, why).write();
    }
  }

  private void hear(QueueEvent event) {
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
      hear(new QueueEvent.Reported(gateway, SocketSurvey.of(reign.queue(), report)));
      flush();
    }
  }

  private final class Beginning implements Takeover.Outcome {
    @Override
    public void taken(Takeover.Taken taken) {
      core = taken.core();
      seats = new SeatDesk(reign, surroundings, core, new Counting(), clock.nowMs());
      rounds.begin(taken.heard(), clock.nowMs());
      decided(taken.effects());
      circumstances.changed(surroundings).forEach(QueueLeader.this::hear);
      hear(new QueueEvent.Opened());
      early.forEach(QueueLeader.this::hear);
      early.clear();
      meters.tookOver(taken.millis());
      QueueStatus status = core.status(clock.nowMs());
      // The capacity is in the line because nodes may be configured differently: the leader's counts.
      LOG.info(LogEvent.QUEUE_LED, null).with(LogKey.QUEUE, reign.queue()).with(LogKey.TERM, reign.term()).with(LogKey.CAPACITY, status.capacity())
          .with(LogKey.COUNT, status.waiting() + status.away() + status.admitted() + status.connected() + status.grace())
          .with(LogKey.DURATION_MS, taken.millis()).write();
      flush();
    }

    @Override
    public void fenced(FencedException thrown) {
      QueueLeader.this.deposed(thrown.getMessage(), thrown.toSurpass());
    }

    @Override
    public void deposed(String why) {
      QueueLeader.this.deposed(why, 0);
    }
  }

  private void deposed(String why, long toSurpass) {
    if (!ended) {
      end(why);
      onDeposed.over(why, toSurpass);
    }
  }

  private final class Counting implements SeatDesk.Listener {
    @Override
    public void hear(QueueEvent event) {
      if (!ended) {
        QueueLeader.this.hear(event);
      }
    }

    @Override
    public void flush() {
      if (!ended) {
        QueueLeader.this.flush();
      }
    }

    @Override
    public void failed(Throwable thrown) {
      meters.storeFailed("count");
      failures.failed(thrown, clock.nowMs());
    }

    @Override
    public void fenced(FencedException thrown) {
      QueueLeader.this.deposed(thrown.getMessage(), thrown.toSurpass());
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
      QueueLeader.this.deposed(thrown.getMessage(), thrown.toSurpass());
    }

    @Override
    public void deposed(String why) {
      QueueLeader.this.deposed(why, 0);
    }
  }
}
