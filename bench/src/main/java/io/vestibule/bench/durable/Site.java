package io.vestibule.bench.durable;

import io.vestibule.bench.client.Figures;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where a run takes place.
 *
 * @param targets the nodes, one at least
 * @param reading what can be read of them at the moment; it may block for some seconds
 */
public record Site(List<Target> targets, Tokens tokens, Supplier<Reading> reading) {
  private static final String MESSAGES_READ = "vestibule_log_read_total";
  private static final String READS = "vestibule_log_recovery_reads_total{from=\"log\"}";

  public Site {
    targets = List.copyOf(targets);
  }

  /**
   * What was read at a moment.
   *
   * @param nodeSeconds processor time of all nodes so far; NaN where they were not started here
   * @param redisSeconds of the redis-server; NaN where none was started here
   * @param clientSeconds of this process
   * @param figures of all nodes
   */
  public record Reading(double nodeSeconds, double redisSeconds, double clientSeconds, Figures figures) {
    /** What was used and counted since an earlier moment. */
    Spent since(Reading before) {
      return new Spent(nodeSeconds - before.nodeSeconds, redisSeconds - before.redisSeconds, clientSeconds - before.clientSeconds, counted(MESSAGES_READ, before), counted(READS, before));
    }

    private double counted(String name, Reading before) {
      // A series may have begun meanwhile.
      double since = before.figures.of(name);
      return figures.of(name) - (Double.isNaN(since) ? 0 : since);
    }
  }

  /**
   * Between two moments.
   *
   * @param messagesRead messages that the nodes read from logs because the bus had not brought them; NaN where they do not say
   * @param reads how often logs were read for those who came back; NaN where they do not say
   */
  public record Spent(double nodeSeconds, double redisSeconds, double clientSeconds, double messagesRead, double reads) {}

  /** The node of the i-th connection. */
  int nodeOf(int connection) {
    return connection % targets.size();
  }

  /** How many of so many connections are on a node. */
  int shareOf(int node, int connections) {
    return (connections - node + targets.size() - 1) / targets.size();
  }
}
