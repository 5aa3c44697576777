package io.vestibule.bench.admission;

import io.vestibule.admission.core.QueueCore;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The production core with a store and a clock: writes go in groups, one under way at a time, and what is said waits until what was written before is stored. */
final class Coordinator {
  private static final long COMMIT_MS = 4;

  final long term;
  private final VirtualTime time;
  private final Journal journal;
  private final Observer observer;
  private final Consumer<QueueEffect> says;
  private final long skewMs;
  private final QueueCore core;
  private List<QueueEffect> next = new ArrayList<>();
  private boolean committing;
  private boolean dead;
  private boolean cutOff;

  /**
   * Takes the queue over.
   *
   * @param skewMs how far its clock is ahead
   * @param says takes answers and notices
   */
  Coordinator(VirtualTime time, Journal journal, Observer observer, QueueRules rules, long term, long skewMs, Consumer<QueueEffect> says) {
    this.time = time;
    this.journal = journal;
    this.observer = observer;
    this.term = term;
    this.skewMs = skewMs;
    this.says = says;
    journal.open(term);
    core = new QueueCore(rules, term);
    observer.leads(this, journal.places());
    apply(core.restore(journal.places(), journal.slots(), journal.queue(), clockMs()));
    time.after(QueueEvent.Tick.MILLIS, this::tick);
  }

  void hear(QueueEvent event) {
    if (!dead) {
      apply(core.handle(event, clockMs()));
    }
  }

  /** Its process is gone, with what it had not stored. */
  void kill() {
    dead = true;
  }

  /** Nothing it writes arrives any more, and it hears of nothing. */
  void cutOff() {
    cutOff = true;
  }

  /** The network is back: its next write is refused, because another leads. */
  void reconnect() {
    cutOff = false;
    commit();
  }

  boolean isDead() {
    return dead;
  }

  /** What it counts from, as production does: the wall clock at its start, and the monotonic clock after that. */
  private long clockMs() {
    return Simulation.EPOCH_MS + time.nowMs() + skewMs;
  }

  private void tick() {
    if (!dead) {
      hear(new QueueEvent.Tick());
      time.after(QueueEvent.Tick.MILLIS, this::tick);
    }
  }

  private void apply(List<QueueEffect> effects) {
    if (!effects.isEmpty()) {
      observer.decided(this, effects);
      next.addAll(effects);
      commit();
    }
  }

  private void commit() {
    if (committing || next.isEmpty() || cutOff) {
      return;
    }
    committing = true;
    List<QueueEffect> group = next;
    next = new ArrayList<>();
    time.after(COMMIT_MS, () -> stored(group));
  }

  private void stored(List<QueueEffect> group) {
    committing = false;
    if (dead) {
      return;
    }
    if (cutOff) {
      group.addAll(next);
      next = group;
      return;
    }
    List<QueueEffect.Write> writes = group.stream().filter(QueueEffect.Write.class::isInstance).map(QueueEffect.Write.class::cast).toList();
    List<QueueEvent> slots = journal.commit(term, writes);
    if (slots == null) {
      dead = true;
      return;
    }
    for (QueueEffect effect : group) {
      if (!(effect instanceof QueueEffect.Write)) {
        says.accept(effect);
      }
    }
    slots.forEach(this::hear);
    commit();
  }
}
