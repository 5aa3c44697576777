package io.vestibule.node.config;

import io.vestibule.contract.config.Settings;
import java.time.Duration;

/**
 * The {@code store} part of the configuration.
 *
 * @param type where topic logs and slots live
 * @param memory bytes of all topic logs together, backups not counted
 * @param membersMemory bytes of who is a member of which topics, backups not counted
 * @param onLoss what is done while Redis is lost, with the logs of topics
 * @param redis used when the type says so
 */
public record StoreConfig(Type type, long memory, long membersMemory, OnLoss onLoss, Redis redis) {
  private static final long LEAST_MEMORY = 64L << 20;
  private static final long LEAST_MEMBERS = 4L << 20;
  private static final long MOST_MEMORY = 64L << 30;

  public StoreConfig {
    Settings.check().size("memory", memory, LEAST_MEMORY, MOST_MEMORY).size("members-memory", membersMemory, LEAST_MEMBERS, MOST_MEMORY).verify();
  }

  /** The kinds of store. */
  public enum Type {
    /** The memory of the cluster. */
    EMBEDDED,
    /** A Redis server or cluster. */
    REDIS
  }

  /** What is done with durable topics while Redis is lost. */
  public enum OnLoss {
    /** They are refused until it is back. */
    REFUSE,
    /** They go on in the memory of the cluster. */
    FALLBACK
  }

  /**
   * {@code store.redis}.
   *
   * @param timeout of each command
   * @param replicas that have to have an append before it is acknowledged
   * @param replicasTimeout how long they have for it
   */
  public record Redis(String url, Duration timeout, int replicas, Duration replicasTimeout) {
    public Redis {
      Settings.check()
          .rule(url.matches("rediss?://\\S+"), "url", "is not a URL such as redis://127.0.0.1:6379 or rediss://host:6379")
          .duration("timeout", timeout, Duration.ofMillis(50), Duration.ofSeconds(30))
          .range("replicas", replicas, 0, 10)
          .rule(!replicasTimeout.isNegative() && !replicasTimeout.isZero() && replicasTimeout.compareTo(timeout) < 0, "replicas-timeout", "has to be shorter than timeout, and more than 0ms")
          .verify();
    }

    /** Without the URL, which may carry a password. */
    @Override
    public String toString() {
      return "Redis[]";
    }
  }
}
