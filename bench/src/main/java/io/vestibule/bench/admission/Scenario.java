package io.vestibule.bench.admission;

import java.util.Locale;

/** What happens in a run, beside that people come: how many when, and what breaks. Times are minutes of the run. */
enum Scenario {
  /** A house two thirds full, and then 600 more come within a minute. */
  FLASH,
  /** Demand rises and falls between a fifth and nearly twice what the house can serve. */
  SINE,
  /** As FLASH, and among those who come are as many that join over HTTP and never claim, and twenty that join over and over. */
  BOTS,
  /** An operator takes half the capacity away, and gives it back a quarter of an hour later. */
  HALVED,
  /** As FLASH, and the coordinator's process dies three times. */
  KILLED,
  /** As FLASH, and the coordinator and a gateway are cut off for 40 s. */
  PARTITION,
  /** The same for three minutes: longer than slots are kept for those who are cut off, whose gateway closes their sockets before that. */
  SPLIT,
  /** As KILLED, and the next coordinator's clock is 40 s behind, then a minute ahead, then 90 s behind. */
  SKEW;

  private static final double MINUTE_MS = 60_000;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  long lengthMs() {
    return (long) ((this == SINE || this == HALVED ? 40 : 30) * MINUTE_MS);
  }

  /** People a second who come at this time. */
  double arrivalsPerSecond(long nowMs) {
    double minute = nowMs / MINUTE_MS;
    return switch (this) {
      case SINE -> 1.45 * (1 - 0.8 * Math.cos(2 * Math.PI * minute / 20));
      case HALVED -> 1.1;
      default -> minute >= 10 && minute < 11 ? 11 : 0.95;
    };
  }

  double botsPerSecond(long nowMs) {
    return this == BOTS ? Math.min(2, arrivalsPerSecond(nowMs)) : 0;
  }

  void plan(Simulation world) {
    switch (this) {
      case HALVED -> {
        world.at(15, () -> world.resize(Simulation.CAPACITY / 2));
        world.at(30, () -> world.resize(Simulation.CAPACITY));
      }
      case KILLED -> {
        world.at(10.5, () -> world.cluster.kill(1_500, 0));
        world.at(14, () -> world.cluster.kill(1_500, 0));
        world.at(18, () -> world.cluster.kill(1_500, 0));
      }
      case SKEW -> {
        world.at(10.5, () -> world.cluster.kill(1_500, -40_000));
        world.at(14, () -> world.cluster.kill(1_500, 60_000));
        world.at(18, () -> world.cluster.kill(1_500, -90_000));
      }
      case PARTITION -> world.at(14, () -> world.cluster.partition(10_000, 40_000));
      case SPLIT -> world.at(14, () -> world.cluster.partition(10_000, 180_000));
      case BOTS -> world.at(10, world::flood);
      case FLASH, SINE -> { }
    }
  }
}
