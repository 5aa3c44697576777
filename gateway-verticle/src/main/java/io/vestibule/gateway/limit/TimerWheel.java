package io.vestibule.gateway.limit;

import java.util.function.Consumer;

/**
 * Deadlines of very many things with one timer: a hashed wheel (Varghese and Lauck, SOSP 1987, scheme 6) whose nodes are the things themselves, so
 * that a deadline costs three fields and no allocation. A thing has one deadline at a time; later ones than the wheel is long are looked at once a turn. Not
 * thread-safe: it belongs to one event loop.
 *
 * @param <T> the things
 */
public final class TimerWheel<T extends TimerWheel.Node> {

  /** Something that can have a deadline. */
  public abstract static class Node {
    private Node previous;
    private Node next;
    private long dueTick;

    /** Whether a deadline is set. */
    protected final boolean scheduled() {
      return next != null;
    }
  }

  private static final class Head extends Node {}

  private final long tickMs;
  private final Head[] slots;
  private long tick;

  /**
   * A wheel.
   *
   * @param tickMs how exact deadlines are, in milliseconds
   * @param slots how many ticks one turn has
   * @param nowMs the time now
   */
  public TimerWheel(long tickMs, int slots, long nowMs) {
    this.tickMs = tickMs;
    this.slots = new Head[slots];
    for (int i = 0; i < slots; i++) {
      Head head = new Head();
      ((Node) head).previous = head;
      ((Node) head).next = head;
      this.slots[i] = head;
    }
    this.tick = nowMs / tickMs;
  }

  /** Sets the one deadline of a thing; an earlier one is forgotten. It comes due at the first tick that is not before it. */
  public void schedule(T thing, long dueMs) {
    cancel(thing);
    Node node = thing;
    node.dueTick = Math.max(tick + 1, (dueMs + tickMs - 1) / tickMs);
    Node head = slots[(int) (node.dueTick % slots.length)];
    node.previous = head.previous;
    node.next = head;
    head.previous.next = node;
    head.previous = node;
  }

  /** Forgets the deadline of a thing, if it has one. */
  public void cancel(T thing) {
    unlink(thing);
  }

  /**
   * Turns the wheel to this time and hands over what came due; a thing has no deadline then until it is given one. The handler may schedule
   * and cancel at will. What it throws comes out here and leaves the rest of the tick for the next turn.
   */
  public void advance(long nowMs, Consumer<T> due) {
    long target = nowMs / tickMs;
    // After a long pause one turn visits every slot; further turns would find nothing new.
    long from = Math.max(tick + 1, target - slots.length + 1);
    for (long t = from; t <= target; t++) {
      tick = t;
      drain(slots[(int) (t % slots.length)], target, due);
    }
    tick = Math.max(tick, target);
  }

  @SuppressWarnings("unchecked")
  private void drain(Head slot, long target, Consumer<T> due) {
    // What the handler schedules goes to the end, behind this mark, and is not due before the next tick.
    Head mark = new Head();
    // The handler may unlink the neighbour too, so a cursor stands in the list while it runs.
    Head cursor = new Head();
    insertBefore(slot, mark);
    try {
      Node node = ((Node) slot).next;
      while (node != mark) {
        Node following = node.next;
        if (node.dueTick <= target) {
          insertBefore(following, cursor);
          unlink(node);
          due.accept((T) node);
          following = ((Node) cursor).next;
          unlink(cursor);
        }
        node = following;
      }
    } finally {
      unlink(cursor);
      unlink(mark);
    }
  }

  private static void insertBefore(Node place, Node node) {
    node.previous = place.previous;
    node.next = place;
    place.previous.next = node;
    place.previous = node;
  }

  private static void unlink(Node node) {
    if (node.next != null) {
      node.previous.next = node.next;
      node.next.previous = node.previous;
      node.previous = null;
      node.next = null;
    }
  }
}
