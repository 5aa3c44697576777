package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.admission.store.FencedException;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One reign over one queue: takes it over, and leads it ({@link OpenQueue}) until the reign is over. It ends for good; who leads again makes a new one.
 * What is asked during the takeover waits.
 */
final class QueueLeader {
  private static final EventLog LOG = EventLog.of(QueueLeader.class);
  private static final long RETRY_AFTER_MILLIS = 1_000;

  private final Reign reign;
  private final Surroundings surroundings;
  private final Deposed onDeposed;
  private final LeaderClock clock;
  private final QueueMeters meters;
  private final PendingAnswers pending = new PendingAnswers();
  private final List<QueueEvent> early = new ArrayList<>();
  private final Takeover takeover;
  private OpenQueue open;
  private boolean ended;

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
    this.takeover = new Takeover(reign, surroundings, clock, new Beginning());
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
    return !isOpen() || open.hasHeard(gateway);
  }

  /** Whether the takeover is over. */
  boolean isOpen() {
    return open != null && !ended;
  }

  /** What the store said when it failed, as long as it does. */
  Optional<String> trouble() {
    return open == null ? takeover.trouble() : open.trouble();
  }

  /** The queue at a glance, once it is open. */
  Optional<QueueStatus> status() {
    return isOpen() ? Optional.of(open.status()) : Optional.empty();
  }

  /**
   * Hears a command; {@link #flush} sends what follows on its way.
   *
   * @param reply takes the answer, which may be now, and comes once
   */
  void ask(String gateway, AdmissionCommand command, String correlationId, Consumer<AdmissionAnswer> reply) {
    if (ended) {
      reply.accept(new NotLeader());
    } else if (pending.isFull() || isOpen() && open.isBusy()) {
      reply.accept(new Refused(ErrorReason.ADMISSION_UNAVAILABLE, RETRY_AFTER_MILLIS, 0, 0, Quota.NONE));
      meters.answered(command, ErrorReason.ADMISSION_UNAVAILABLE);
    } else {
      long ref = pending.add(new PendingAnswers.Asking(command, correlationId, reply, clock.nowMs()));
      QueueEvent asked = new QueueEvent.Asked(ref, gateway, command);
      if (isOpen()) {
        open.hear(asked);
      } else {
        early.add(asked);
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
    open.hear(event);
    open.answerBehind(pending.add(new PendingAnswers.Asking(null, correlationId, done, clock.nowMs())));
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
        open.offers(order.user(), report::tryComplete);
      } else {
        report.tryFail(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE));
      }
    }, clock.nowMs()));
    if (order.session() == null) {
      open.answerBehind(ref);
    } else {
      open.hear(new QueueEvent.SeatWanted(ref, order.user(), order.session(), order.evenLive()));
    }
    flush();
    return report.future();
  }

  /** Time has passed. */
  void tick() {
    if (!ended) {
      pending.sweep(clock.nowMs());
      if (open != null) {
        open.tick();
      }
    }
  }

  /** Sends on its way what followed from the events so far. */
  void flush() {
    if (open != null) {
      open.flush();
    }
  }

  /** Ends the reign; whoever waits for an answer is told to ask again. */
  void end(String why) {
    if (!ended) {
      ended = true;
      takeover.end();
      if (open != null) {
        open.end();
      }
      pending.dismiss();
      meters.notLed();
      LOG.info(LogEvent.QUEUE_GIVEN_UP, null).with(LogKey.QUEUE, reign.queue()).with(LogKey.TERM, reign.term()).with(LogKey.DETAIL, why).write();
    }
  }

  private void deposed(String why, long toSurpass) {
    if (!ended) {
      end(why);
      onDeposed.over(why, toSurpass);
    }
  }

  private final class Beginning implements Takeover.Outcome {
    @Override
    public void taken(Takeover.Taken taken) {
      open = new OpenQueue(reign, surroundings, clock, pending, taken.core(), QueueLeader.this::deposed);
      open.begin(taken);
      early.forEach(open::hear);
      early.clear();
      meters.tookOver(taken.millis());
      QueueStatus status = open.status();
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
}
