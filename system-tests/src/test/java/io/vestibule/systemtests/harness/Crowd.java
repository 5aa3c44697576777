package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** People at the door of a cluster, and the rules that must hold for all of them by the clock of this process. */
public final class Crowd implements AutoCloseable {
  private final Nodes nodes;
  private final List<VestibuleProcess> doors;
  private final List<Pulse> pulses;
  private final long stayMs;
  private final List<Guest> guests = new CopyOnWriteArrayList<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private volatile boolean stay = true;
  private int turn;

  /**
   * Nobody yet.
   *
   * @param stay how long each of them stays once admitted; they leave only after {@link #letGo}
   */
  public Crowd(Nodes nodes, List<VestibuleProcess> doors, Duration stay) {
    this.nodes = nodes;
    this.doors = new CopyOnWriteArrayList<>(doors);
    this.pulses = doors.stream().map(Pulse::of).toList();
    this.stayMs = stay.toMillis();
  }

  /** So many come, one after the other: each has its answer before the next asks, so that their order is beyond doubt. */
  public void come(int count, Duration limit) {
    for (int i = 0; i < count; i++) {
      Guest guest = new Guest(this, "guest-" + guests.size());
      guests.add(guest);
      guest.come(doors.get(guests.size() % doors.size()));
      Eventually.within(limit, guest.user() + " has an answer", () -> guest.resumeToken() != null);
    }
  }

  /** From now on everybody leaves when his time is over. */
  public void letGo() {
    stay = false;
    guests.stream().filter(Guest::isInside).forEach(guest -> later(guest::leave, stayMs));
  }

  /** This door is not to be tried any more. */
  public void gone(VestibuleProcess door) {
    doors.remove(door);
  }

  /** This door is open. */
  public void open(VestibuleProcess door) {
    doors.add(door);
  }

  void admitted(Guest guest) {
    if (!stay) {
      later(guest::leave, stayMs);
    }
  }

  void failed(Guest guest, String how) {
    failures.add(guest + " was told " + how);
  }

  void later(Runnable action, long ms) {
    if (!clock.isShutdown()) {
      clock.schedule(() -> {
        try {
          action.run();
        } catch (RuntimeException e) {
          failures.add(e.toString());
        }
      }, ms, TimeUnit.MILLISECONDS);
    }
  }

  Client open(VestibuleProcess door, String user, Consumer<Frame> observer) {
    return nodes.open(door, user, observer);
  }

  String token(String user) {
    return nodes.token(user);
  }

  synchronized VestibuleProcess another(VestibuleProcess than) {
    List<VestibuleProcess> others = doors.stream().filter(door -> door != than).toList();
    List<VestibuleProcess> choice = others.isEmpty() ? doors : others;
    turn++;
    return choice.get(turn % choice.size());
  }

  public List<Guest> guests() {
    return guests;
  }

  /** Those whose socket is at this door. */
  public List<Guest> at(VestibuleProcess door) {
    return guests.stream().filter(guest -> guest.node() == door).toList();
  }

  /** How many were admitted so far. */
  public long admissions() {
    return guests.stream().filter(guest -> !guest.isWaiting()).count();
  }

  /** Waits until so many have been admitted in all. */
  public Duration awaitAdmissions(int count, Duration limit) {
    return Eventually.within(limit, () -> count + " admissions, there are " + admissions() + "; " + failures + "; first waiter: "
        + guests.stream().filter(Guest::isWaiting).findFirst().map(Guest::toString).orElse("nobody"), () -> admissions() >= count);
  }

  /** The longest time without an admission since a moment, for as long as somebody waited. */
  public Duration longestPauseSince(long nanos) {
    long before = nanos;
    long longest = 0;
    for (long at : guests.stream().mapToLong(Guest::admittedAtNanos).filter(at -> at > nanos).sorted().toArray()) {
      longest = Math.max(longest, at - before);
      before = at;
    }
    return Duration.ofNanos(longest);
  }

  /** The longest time that one of the doors was held up: so much may the machine have added to what it took until somebody there was told anything. */
  public Duration heldUp() {
    return Duration.ofNanos(pulses.stream().mapToLong(Pulse::heldUpNanos).max().orElse(0));
  }

  /** Nobody was told no for good. */
  public void assertNobodyWasTurnedAway() {
    assertThat(failures).isEmpty();
  }

  /** At no moment were more inside than there are slots. */
  public void assertNeverMoreThan(int capacity) {
    List<long[]> steps = new ArrayList<>();
    for (Guest guest : guests) {
      if (guest.admittedAtNanos() != 0) {
        steps.add(new long[] {guest.admittedAtNanos(), 1});
        if (guest.leftAtNanos() != 0) {
          steps.add(new long[] {guest.leftAtNanos(), -1});
        }
      }
    }
    // Who leaves in the same nanosecond in which another comes has left.
    steps.sort(Comparator.<long[]>comparingLong(step -> step[0]).thenComparingLong(step -> step[1]));
    long inside = 0;
    long most = 0;
    for (long[] step : steps) {
      inside += step[1];
      most = Math.max(most, inside);
    }
    assertThat(most).as("inside at once").isLessThanOrEqualTo(capacity);
  }

  /**
   * They were admitted in the order in which they came.
   *
   * @param slack promotions leave on different sockets and are read by different threads: so much later may an earlier one be read, and as much more as its door was held up
   */
  public void assertInOrder(Duration slack) {
    assertInOrder(guests, slack);
  }

  /** As the other, among these. */
  public void assertInOrder(List<Guest> guests, Duration slack) {
    assertInOrder(guests, slack, Long.MAX_VALUE, Duration.ZERO);
  }

  /**
   * As the other, where nobody was told anything for a while: somebody who had been promised a slot before that is told after it, and another whose promise had left by then was first. Time stands
   * still meanwhile.
   *
   * @param pausedAtNanos when that began
   * @param pause how long it took
   */
  public void assertInOrder(Duration slack, long pausedAtNanos, Duration pause) {
    assertInOrder(guests, slack, pausedAtNanos, pause);
  }

  private void assertInOrder(List<Guest> guests, Duration slack, long pausedAtNanos, Duration pause) {
    Duration late = slack.plus(heldUp());
    long latest = 0;
    Guest last = null;
    for (Guest guest : guests) {
      if (guest.admittedAtNanos() != 0) {
        long at = guest.admittedAtNanos() < pausedAtNanos ? guest.admittedAtNanos() : Math.max(pausedAtNanos, guest.admittedAtNanos() - pause.toNanos());
        assertThat(latest - at).as("%s was admitted before %s", guest, last).isLessThanOrEqualTo(late.toNanos());
        if (at > latest) {
          latest = at;
          last = guest;
        }
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    pulses.forEach(Pulse::close);
  }
}
