package io.vestibule.gateway.http;

import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the log hears of callers that are not let in. Anybody may be refused as often as they like, so that a line for each would fill the disk: a line a second says how many there were. For one event
 * loop.
 */
final class RefusedCalls {
  private static final long APART_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final EventLog LOG = EventLog.of(RefusedCalls.class);

  private final LongSupplier nanos;
  private long saidNanos;
  private long unsaid;
  private boolean said;

  RefusedCalls(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Tells of one; with the log at {@code debug} of each. */
  void tell(RoutingContext routed, LogEvent event, ErrorReason reason, String remote) {
    Exchange exchange = Exchange.of(routed);
    exchange.refused();
    unsaid++;
    long now = nanos.getAsLong();
    boolean turn = !said || now - saidNanos >= APART_NANOS;
    EventLog.Line line = turn ? LOG.info(event, exchange.correlationId()).with(LogKey.COUNT, unsaid) : LOG.debug(event, exchange.correlationId());
    line.with(LogKey.REASON, reason.slug()).with(LogKey.REMOTE, remote).write();
    if (turn) {
      said = true;
      saidNanos = now;
      unsaid = 0;
    }
  }
}
