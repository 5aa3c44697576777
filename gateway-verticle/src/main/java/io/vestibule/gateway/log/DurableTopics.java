package io.vestibule.gateway.log;

import io.vestibule.gateway.limit.ByteBudget;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.store.InformedTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * What the event loops of a node share of durable topics. Thread-safe.
 *
 * @param log where they are
 * @param minority whether the node sees too few of its cluster to store anything; any thread may ask
 * @param waiting what may wait to be stored, of all topics together
 * @param acknowledged how far topics are known to be
 */
public record DurableTopics(TopicLog log, BooleanSupplier minority, ByteBudget waiting, Acknowledged acknowledged) {
  private static final long WAITING_BYTES = 32L << 20;

  /** With the usual bound of what may wait, 32 MiB. */
  public DurableTopics(TopicLog log, BooleanSupplier minority) {
    this(log, minority, new ByteBudget(WAITING_BYTES), new Acknowledged());
  }

  /** The log is told what the node knows of it. */
  public DurableTopics {
    log = new InformedTopicLog(log);
  }

  boolean isMinority() {
    return minority.getAsBoolean();
  }

  /** An epoch for a log that may have to be made: a positive number of 48 bits. */
  public static long newEpoch() {
    return Epoch.ofNew(ThreadLocalRandom.current().nextLong());
  }

  /** An epoch for a log that goes on in another one, with what it has. */
  public static long renewedEpoch() {
    return Epoch.ofJoined(ThreadLocalRandom.current().nextLong());
  }
}
