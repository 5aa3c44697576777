package io.vestibule.bench.load;

/**
 * When each message of a run is due: an open loop, evenly spaced over all publishers in turn, so that neither a slow server nor a slow
 * client makes the load lighter. Times are nanoseconds since the run began.
 *
 * @param total messages of the run
 * @param warmup how many of them are sent before measuring begins
 * @param publishers who send in turn
 * @param rate messages a second
 */
record Schedule(int total, int warmup, int publishers, double rate) {

  static Schedule of(FanoutPlan plan) {
    int warmup = (int) Math.round(plan.rate() * plan.warmup().toNanos() / 1e9);
    long total = warmup + Math.round(plan.rate() * plan.duration().toNanos() / 1e9);
    if (total < 1 || total > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException("rate and duration make " + total + " messages");
    }
    return new Schedule((int) total, warmup, plan.publishers(), plan.rate());
  }

  long dueNanos(int message) {
    return (long) (message / rate * 1e9);
  }

  int publisher(int message) {
    return message % publishers;
  }

  int sequence(int message) {
    return message / publishers;
  }

  /** Whether a message, known by publisher and sequence number, is one of those that count. */
  boolean measured(int publisher, int sequence) {
    return (long) sequence * publishers + publisher >= warmup;
  }

  /** The most messages that one publisher sends. */
  int perPublisher() {
    return (total + publishers - 1) / publishers;
  }
}
