package io.vestibule.gateway.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.gateway.metrics.JobMeters;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Says once a second, and at once when something important has changed, how this node is, and hears how the others are. The figures of the process are read on a worker: what the
 * system takes its time for must not hold up sockets.
 */
public final class LoadReporter {
  private static final long EVERY_MS = 1_000;
  private static final long LAST_MS = 5_000;

  private final Bus bus;
  private final ClusterLoads loads;
  private final BiFunction<Integer, Integer, GatewayLoad> load;
  private final JobMeters jobs;
  private final ProcessFigures figures = new ProcessFigures();
  private Context context;
  private Future<Figures> asked = Future.succeededFuture();
  private boolean ended;

  private record Figures(int heapAfterGc, int cpu) {}

  /**
   * A reporter.
   *
   * @param loads is told what the others, and this node itself, say
   * @param load the node's own, given how full the heap was after the last collection and how busy the process is, both in thousandths
   */
  public LoadReporter(Bus bus, ClusterLoads loads, BiFunction<Integer, Integer, GatewayLoad> load, JobMeters jobs) {
    this.bus = bus;
    this.loads = loads;
    this.load = load;
    this.jobs = jobs;
  }

  /** Begins, on the calling context, which ends the timer when it ends. */
  public Future<Registration> start(Vertx vertx) {
    context = vertx.getOrCreateContext();
    return bus.subscribe(Addresses.GATEWAY_LOAD, loads::hear).onSuccess(heard -> {
      vertx.setPeriodic(EVERY_MS, timer -> report());
      report();
    });
  }

  /** Reports now: others decide by it where to send people. Any thread. */
  public void reportNow() {
    if (context != null) {
      context.runOnContext(here -> report());
    }
  }

  /** Reports no more; done when nobody asks for the figures any longer, since the answer would find its event loop gone. On the context that it was started on. */
  public Future<Void> end() {
    ended = true;
    return asked.timeout(LAST_MS, TimeUnit.MILLISECONDS).transform(answered -> Future.succeededFuture());
  }

  private void report() {
    if (ended) {
      return;
    }
    loads.tidy();
    // In order, so that only one asks for the figures at a time.
    asked = context.executeBlocking(() -> new Figures(figures.heapAfterGc(), figures.cpu()), true);
    jobs.measured(JobMeters.Job.LOAD_REPORT, asked.timeout(EVERY_MS, TimeUnit.MILLISECONDS))
        .onSuccess(now -> bus.publish(Addresses.GATEWAY_LOAD, load.apply(now.heapAfterGc, now.cpu), null));
  }
}
