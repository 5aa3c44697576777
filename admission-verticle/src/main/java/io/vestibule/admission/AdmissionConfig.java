package io.vestibule.admission;

import io.vestibule.contract.config.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The {@code admission} part of the configuration; {@code conf/vestibule.yaml} explains each key.
 *
 * @param capacity slots of the queue {@code default}; 0 for no limit
 * @param admissionsPerSecond inflow of the queue {@code default}; 0 for no limit
 * @param adaptive whether a strained node slows the admissions of queues that have a capacity or an inflow limit
 * @param queues the other queues
 * @param classes priority classes by name, with their credit
 * @param maxConnectionsPerUser in the whole cluster; 0 for no limit
 * @param onTooMany what happens to one more
 * @param slotGrace how long the slot of somebody whose connection dropped is kept
 * @param sessionTtl how long the session itself is kept
 * @param claimTime how long somebody without a socket has to open one once admitted
 * @param awayTime how long a waiter whose socket is gone keeps its place
 * @param maxWaiting places in one line; a queue that is longer refuses
 * @param maxSessionState bytes that a session may remember
 * @param userJoins attempts to join or come back of one user, a minute; 0 for no limit
 * @param ipJoins connects and joins of one address (IPv6: one /64), a minute, on each node; 0 for no limit
 * @param whenUnavailable what a gateway does when nobody leads the queue
 * @param secret signs resume tokens; empty: generated and shared by the cluster, gone with its last node
 */
public record AdmissionConfig(
    int capacity,
    int admissionsPerSecond,
    boolean adaptive,
    List<Queue> queues,
    List<PriorityClass> classes,
    int maxConnectionsPerUser,
    TooMany onTooMany,
    Duration slotGrace,
    Duration sessionTtl,
    Duration claimTime,
    Duration awayTime,
    int maxWaiting,
    long maxSessionState,
    int userJoins,
    int ipJoins,
    Unavailable whenUnavailable,
    String secret) {
  /** The queue that exists always. */
  public static final String DEFAULT_QUEUE = "default";

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String NAME = "[A-Za-z0-9_-]{1,64}";
  private static final int SHORTEST_SECRET = 32;

  public AdmissionConfig {
    queues = List.copyOf(queues);
    classes = List.copyOf(classes);
    List<String> names = Stream.concat(Stream.of(DEFAULT_QUEUE), queues.stream().map(Queue::name)).toList();
    List<String> classNames = classes.stream().map(PriorityClass::name).toList();
    Settings.check()
        .atLeast("capacity", capacity, 0)
        .atLeast("admissions-per-second", admissionsPerSecond, 0)
        .rule(new HashSet<>(names).size() == names.size(), "queues", names + " has a name twice; the queue default is always there")
        .rule(new HashSet<>(classNames).size() == classNames.size(), "classes", classNames + " has a name twice")
        .atLeast("max-connections-per-user", maxConnectionsPerUser, 0)
        .duration("slot-grace", slotGrace, Duration.ZERO, HOUR)
        .duration("session-ttl", sessionTtl, SECOND, HOUR.multipliedBy(24))
        .rule(sessionTtl.compareTo(slotGrace) >= 0, "session-ttl", sessionTtl + " is shorter than slot-grace " + slotGrace)
        .duration("claim-time", claimTime, SECOND, HOUR)
        .duration("away-time", awayTime, SECOND, HOUR)
        .range("max-waiting", maxWaiting, 1, 10_000_000)
        .size("max-session-state", maxSessionState, 1 << 10, 1 << 20)
        .atLeast("user-joins", userJoins, 0)
        .atLeast("ip-joins", ipJoins, 0)
        .rule(secret.isEmpty() || secret.length() >= SHORTEST_SECRET, "secret",
            "is shorter than " + SHORTEST_SECRET + " characters")
        .verify();
  }

  /** What happens to a connection of a user that has as many as permitted. */
  public enum TooMany {
    /** It is refused. */
    REJECT,
    /** It takes the room of the user's oldest. */
    REPLACE_OLDEST
  }

  /** What a gateway does with somebody who wants in when nobody leads the queue. */
  public enum Unavailable {
    /** Refuses, with 503. */
    CLOSED,
    /** Lets in, without slot and session. */
    OPEN
  }

  /**
   * A queue.
   *
   * @param name what {@code auth} asks for
   * @param capacity slots; 0 for no limit
   * @param admissionsPerSecond its inflow limit; 0 for none
   */
  public record Queue(String name, Integer capacity, Integer admissionsPerSecond) {
    public Queue {
      capacity = capacity == null ? 0 : capacity;
      admissionsPerSecond = admissionsPerSecond == null ? 0 : admissionsPerSecond;
      Settings.check()
          .rule(name != null && name.matches(NAME), "name", "'" + name + "' is not 1 to 64 letters, digits, _ or -")
          .atLeast("capacity", capacity, 0)
          .atLeast("admissions-per-second", admissionsPerSecond, 0)
          .verify();
    }
  }

  /**
   * A priority class.
   *
   * @param name what the claim {@code class} of a token says
   * @param credit so much earlier its holders count as having come
   */
  public record PriorityClass(String name, Duration credit) {
    public PriorityClass {
      Settings.check()
          .rule(name != null && name.matches(NAME), "name", "'" + name + "' is not 1 to 64 letters, digits, _ or -")
          .rule(credit != null, "credit", "is missing")
          .verify();
      Settings.check().duration("credit", credit, Duration.ZERO, HOUR.multipliedBy(24)).verify();
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "AdmissionConfig[capacity=" + capacity + ", queues=" + queues + ", classes=" + classes + "]";
  }
}
