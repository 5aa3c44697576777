package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.SeatStore;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/**
 * What every leader of a node has around it.
 *
 * @param self the node id
 * @param seats what users have in all queues together
 * @param colleagues the coordinators of other queues
 * @param loads what the gateways said of themselves
 * @param offload runs what takes long, away from the event loop
 * @param wallMs the wall clock, Unix milliseconds
 * @param nanos the monotonic clock
 */
record Surroundings(
    String self,
    AdmissionStore store,
    SeatStore seats,
    Colleagues colleagues,
    Gateways gateways,
    GatewayLoads loads,
    Timers timers,
    Offload offload,
    LongSupplier wallMs,
    LongSupplier nanos,
    AdmissionMeters meters) {

  /** Runs work elsewhere, and completes here. */
  interface Offload {
    <T> Future<T> run(Callable<T> work);
  }

  /** A clock for one reign. */
  LeaderClock newClock() {
    return new LeaderClock(wallMs.getAsLong(), nanos);
  }

  /** Milliseconds of the monotonic clock. */
  long monotonicMs() {
    return nanos.getAsLong() / 1_000_000;
  }
}
