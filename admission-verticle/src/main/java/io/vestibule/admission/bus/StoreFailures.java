package io.vestibule.admission.bus;

import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.concurrent.TimeUnit;

/** What the log hears of a store that fails in a reign: the first failure, and then a line a minute, since the store is asked again every second for as long as it is away. */
final class StoreFailures {
  /** Between two lines. */
  static final long APART_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private static final EventLog LOG = EventLog.of(StoreFailures.class);

  private final Reign reign;
  private long saidMs;
  private long unsaid;
  private boolean said;

  StoreFailures(Reign reign) {
    this.reign = reign;
  }

  /** An attempt failed. */
  void failed(Throwable thrown, long nowMs) {
    unsaid++;
    if (!said || nowMs - saidMs >= APART_MILLIS) {
      LOG.warn(LogEvent.QUEUE_STORE_FAILED, null).with(LogKey.QUEUE, reign.queue()).with(LogKey.TERM, reign.term()).with(LogKey.COUNT, unsaid)
          .with(LogKey.DETAIL, thrown.toString()).write();
      said = true;
      saidMs = nowMs;
      unsaid = 0;
    }
  }
}
