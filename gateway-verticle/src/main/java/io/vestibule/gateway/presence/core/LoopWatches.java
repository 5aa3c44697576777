package io.vestibule.gateway.presence.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The watchers of one event loop. Each is told how a topic is, and then every change, or how it is anew: never a change before that, and none twice or left out. One who had no room for a change is told
 * how it is when there is room again. One thread.
 *
 * @param <W> watchers
 * @param <F> what they are told, as it is sent
 */
public final class LoopWatches<W, F> {
  private final Map<String, Watch> watches = new HashMap<>();
  private final Set<Watch> behind = new HashSet<>();
  private final Desk desk;
  private final Outlet<W, F> outlet;
  private long tickets;

  /** What the node is asked for; its answers come by {@link #state} and {@link #change}, in the order of the node. */
  public interface Desk {
    /** Watches a topic. */
    void watch(String topic, long ticket);

    /** Wants to be told how it is once more. */
    void tellAgain(String topic, long ticket);

    /** Watches it no more. */
    void unwatch(String topic, long ticket);
  }

  /** The way to watchers. */
  public interface Outlet<W, F> {
    /** Brings something to a watcher, if there is room; may end the watcher. */
    boolean offer(W watcher, String topic, F frame);

    /** Brings something to a watcher that need not arrive; may end the watcher. */
    void hint(W watcher, F frame);

    /** Whether it is worth while to try again. */
    boolean hasRoom(W watcher);
  }

  /** Who watches a topic. */
  private final class Watch {
    final String topic;
    final long ticket = ++tickets;
    /** Were told all up to {@link #rev}. */
    final Set<W> current = new LinkedHashSet<>();
    /** Are told how it is with the next state that comes. */
    final Set<W> waiting = new LinkedHashSet<>();
    /** Have no room. */
    final Set<W> late = new LinkedHashSet<>();
    long rev;
    boolean asked = true;

    Watch(String topic) {
      this.topic = topic;
    }

    void askIfNeeded() {
      if (!asked && !waiting.isEmpty()) {
        asked = true;
        desk.tellAgain(topic, ticket);
      }
    }

    void offer(W watcher, F frame) {
      if (outlet.offer(watcher, topic, frame)) {
        if (holds(watcher)) {
          waiting.remove(watcher);
          current.add(watcher);
        }
      } else if (holds(watcher)) {
        waiting.remove(watcher);
        current.remove(watcher);
        late.add(watcher);
        behind.add(this);
      }
    }

    /** It may have gone by what it was offered. */
    boolean holds(W watcher) {
      return current.contains(watcher) || waiting.contains(watcher);
    }
  }

  /** Nobody watches anything. */
  public LoopWatches(Desk desk, Outlet<W, F> outlet) {
    this.desk = desk;
    this.outlet = outlet;
  }

  /** Somebody watches a topic; again changes nothing. */
  public void watch(W watcher, String topic) {
    Watch watch = watches.get(topic);
    if (watch == null) {
      watch = new Watch(topic);
      watches.put(topic, watch);
      watch.waiting.add(watcher);
      desk.watch(topic, watch.ticket);
    } else if (!watch.current.contains(watcher) && !watch.late.contains(watcher)) {
      watch.waiting.add(watcher);
      watch.askIfNeeded();
    }
  }

  /** Somebody watches a topic no more. */
  public void unwatch(W watcher, String topic) {
    Watch watch = watches.get(topic);
    if (watch == null) {
      return;
    }
    watch.current.remove(watcher);
    watch.waiting.remove(watcher);
    watch.late.remove(watcher);
    if (watch.current.isEmpty() && watch.waiting.isEmpty() && watch.late.isEmpty()) {
      watches.remove(topic);
      behind.remove(watch);
      desk.unwatch(topic, watch.ticket);
    }
  }

  /** The node tells how a topic is. One that is newer than what was told is for everybody. */
  public void state(String topic, long ticket, long rev, F frame) {
    Watch watch = meant(topic, ticket);
    if (watch != null) {
      List<W> to = new ArrayList<>(watch.waiting);
      if (rev != watch.rev) {
        to.addAll(watch.current);
      }
      watch.rev = rev;
      watch.asked = false;
      to.forEach(watcher -> watch.offer(watcher, frame));
    }
  }

  /** The node tells what has changed since the rev before. */
  public void change(String topic, long ticket, long rev, F frame) {
    Watch watch = meant(topic, ticket);
    if (watch != null) {
      watch.rev = rev;
      new ArrayList<>(watch.current).forEach(watcher -> watch.offer(watcher, frame));
    }
  }

  /**
   * All watchers of a topic that know how it is hear something besides. Who has no room for it does not.
   *
   * @param frame is made only where somebody is to hear it
   * @param meant whether a watcher is to hear it
   * @return what was made; empty where nobody was to hear it
   */
  public Optional<F> hint(String topic, Supplier<F> frame, Predicate<W> meant) {
    Watch watch = watches.get(topic);
    List<W> to = watch == null ? List.of() : watch.current.stream().filter(meant).toList();
    if (to.isEmpty()) {
      return Optional.empty();
    }
    F made = frame.get();
    to.forEach(watcher -> outlet.hint(watcher, made));
    return Optional.of(made);
  }

  private Watch meant(String topic, long ticket) {
    Watch watch = watches.get(topic);
    return watch != null && watch.ticket == ticket ? watch : null;
  }

  /** Looks after those who had no room. */
  public void tick() {
    for (Iterator<Watch> all = behind.iterator(); all.hasNext(); ) {
      Watch watch = all.next();
      for (Iterator<W> late = watch.late.iterator(); late.hasNext(); ) {
        W watcher = late.next();
        if (outlet.hasRoom(watcher)) {
          late.remove();
          watch.waiting.add(watcher);
        }
      }
      watch.askIfNeeded();
      if (watch.late.isEmpty()) {
        all.remove();
      }
    }
  }
}
