package io.vestibule.bench.load;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.client.Member;

/** Enters what arrives on one subscribed connection into its ledger and the tally of its event loop. */
final class Subscriber implements Member.Events {
  private static final byte[] DATA = FrameScan.key("data");

  private final int run;
  private final long epochNanos;
  private final Schedule schedule;
  private final Tally tally;
  private final Ledger ledger;
  private boolean ready;
  private long foreign;

  Subscriber(int run, long epochNanos, Schedule schedule, Tally tally) {
    this.run = run;
    this.epochNanos = epochNanos;
    this.schedule = schedule;
    this.tally = tally;
    this.ledger = new Ledger(schedule.publishers(), schedule.perPublisher());
  }

  @Override
  public void ready(Connection connection) {
    ready = true;
  }

  @Override
  public void message(ByteBuf bytes, int from, int to) {
    int at = FrameScan.find(bytes, from, to, DATA);
    if (!Mark.isAt(bytes, at, to) || Mark.run(bytes, at) != run) {
      foreign++;
      return;
    }
    int publisher = Mark.publisher(bytes, at);
    int sequence = Mark.sequence(bytes, at);
    if (ledger.accept(publisher, sequence)) {
      long now = System.nanoTime() - epochNanos;
      tally.delivered(to - from, now, now - Mark.dueNanos(bytes, at), schedule.measured(publisher, sequence));
    }
  }

  @Override
  public void error(String reason) {
    // A subscriber sends nothing that could be refused; that it is closed is told by the swarm.
  }

  /** Whether it was ever subscribed; this and the rest is to be read when the event loops have ended. */
  boolean wasReady() {
    return ready;
  }

  Ledger ledger() {
    return ledger;
  }

  /** Messages that are not of this run. */
  long foreign() {
    return foreign + ledger.foreign();
  }
}
