package io.vestibule.systemtests.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Something that goes wrong in a run, and is in order again before the next. Connections are cut all the time. */
sealed interface Fault {
  /** A node is killed and started again. */
  record Kill(String node) implements Fault {}

  /** A node does nothing for a while. */
  record Freeze(String node, long ms) implements Fault {}

  /** A node is cut off from the others. Clients reach it. */
  record Partition(String node, long ms) implements Fault {}

  /** Redis is killed, and started again with what it had. */
  record Outage(long ms) implements Fault {}

  /**
   * What goes wrong in a run, in this order, which the seed decides.
   *
   * @param failureMs after so long the cluster takes a node for dead
   */
  static List<Fault> plan(Settings settings, List<String> nodes, long failureMs) {
    Random random = new Random(settings.seed());
    List<Fault> plan = new ArrayList<>();
    for (int i = 0; i < settings.kills(); i++) {
      plan.add(new Kill(pick(nodes, random)));
    }
    boolean divides = settings.redis() || settings.partitions() > 0 || settings.kills() == 0;
    for (int i = 0; i < settings.freezes(); i++) {
      plan.add(new Freeze(pick(nodes, random), divides && i % 2 == 0 ? failureMs + random.nextLong(2_000, 5_000) : random.nextLong(500, failureMs / 2)));
    }
    for (int i = 0; i < settings.partitions(); i++) {
      plan.add(new Partition(pick(nodes, random), failureMs + random.nextLong(6_000, 9_000)));
    }
    for (int i = 0; i < settings.outages() && settings.redis(); i++) {
      plan.add(new Outage(random.nextLong(6_000, 8_000)));
    }
    Collections.shuffle(plan, random);
    return plan;
  }

  private static String pick(List<String> nodes, Random random) {
    return nodes.get(random.nextInt(nodes.size()));
  }
}
