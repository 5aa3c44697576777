package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueCore;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.admission.store.FencedException;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The beginning of a reign: the store is opened with the term, which fences the one before, the core is restored, and the gateways are asked for their sockets. It is over when all
 * have answered, or after {@value #SURVEY_MILLIS} ms.
 */
final class Takeover {
  /** How long gateways are waited for. */
  static final long SURVEY_MILLIS = 3_000;

  /** Longer than any store takes to read everything. */
  private static final long LATE_MILLIS = 180_000;

  private static final EventLog LOG = EventLog.of(Takeover.class);

  private final Reign reign;
  private final Surroundings surroundings;
  private final LeaderClock clock;
  private final Outcome outcome;
  private final StoreCall<Image> opening;
  private final StoreFailures failures;
  private final long sinceMs;
  private boolean ended;
  private String trouble;

  /** What comes of it, on the event loop. */
  interface Outcome {
    /** The queue is led from now on; the effects come first. */
    void taken(Taken taken);

    /** The store knows of another leader. */
    void fenced(FencedException thrown);

    /** Somebody else may lead. */
    void deposed(String why);
  }

  /**
   * A queue that was taken over.
   *
   * @param effects what has to be put in order
   * @param heard the gateways that have said what sockets they hold
   * @param millis how long it took
   */
  record Taken(QueueCore core, List<QueueEffect> effects, Set<String> heard, long millis) {}

  Takeover(Reign reign, Surroundings surroundings, LeaderClock clock, Outcome outcome) {
    this.reign = reign;
    this.surroundings = surroundings;
    this.clock = clock;
    this.outcome = outcome;
    this.failures = new StoreFailures(reign);
    this.sinceMs = clock.nowMs();
    this.opening = new StoreCall<>(() -> surroundings.store().open(reign.queue(), reign.term()), new Opening(), surroundings.timers(),
        LATE_MILLIS);
  }

  void start() {
    opening.start();
  }

  /** What the store said when it failed to open the last time; empty before, and once it is open. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Nothing is heard of it any more. */
  void end() {
    ended = true;
    opening.end();
  }

  private final class Opening implements StoreCall.Outcome<Image> {
    @Override
    public void done(Image image) {
      trouble = null;
      survey(image);
    }

    @Override
    public void fenced(FencedException thrown) {
      outcome.fenced(thrown);
    }

    @Override
    public void failed(Throwable thrown, int attempt) {
      trouble = thrown.toString();
      failures.failed(thrown, clock.nowMs());
      surroundings.meters().of(reign.queue()).storeFailed("open");
      if (!reign.current().getAsBoolean()) {
        outcome.deposed("the term ran out while the store did not open");
      }
    }
  }

  /** A million places take a second to restore, so that happens elsewhere, while the gateways look for their sockets. */
  private void survey(Image image) {
    QueueCore core = new QueueCore(reign.rules(), reign.term());
    long nowMs = clock.nowMs();
    Set<String> gateways = surroundings.gateways().alive();
    Future<List<QueueEffect>> restored = surroundings.offload().run(() -> core.restore(image.places(), image.slots(), image.queue(), nowMs));
    Future<Map<String, SocketReport>> reports = ask(gateways);
    Future.join(restored, reports).onComplete(
        both -> taken(core, restored.result(), reports.result()),
        thrown -> broken(thrown));
  }

  private void taken(QueueCore core, List<QueueEffect> restored, Map<String, SocketReport> reports) {
    if (ended) {
      return;
    }
    List<QueueEffect> effects = new ArrayList<>(restored);
    effects.addAll(core.handle(new QueueEvent.Alive(surroundings.gateways().alive()), clock.nowMs()));
    reports.forEach((gateway, report) ->
        effects.addAll(core.handle(new QueueEvent.Reported(gateway, report.of(reign.queue())), clock.nowMs())));
    outcome.taken(new Taken(core, effects, reports.keySet(), clock.nowMs() - sinceMs));
  }

  /** What is stored cannot be understood: a bug, or a newer version's writing. It is not forgotten, so nobody is led. */
  private void broken(Throwable thrown) {
    if (!ended) {
      LOG.error(LogEvent.INTERNAL_ERROR, null).with(LogKey.QUEUE, reign.queue()).cause(thrown).write();
      outcome.deposed("the stored queue cannot be restored");
    }
  }

  private Future<Map<String, SocketReport>> ask(Set<String> gateways) {
    SocketQuestion question = new SocketQuestion(surroundings.self(), reign.shard(), reign.term());
    return new SocketSurvey((gateway, millis) -> surroundings.gateways().ask(gateway, question, millis), surroundings.timers(), clock)
        .ask(gateways, SURVEY_MILLIS);
  }
}
