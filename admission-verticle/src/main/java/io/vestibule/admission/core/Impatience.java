package io.vestibule.admission.core;

import java.util.ArrayList;
import java.util.List;

/**
 * How often waiters give up, by how far from the head: in the first place, the next two, the next four and so on. Only those before somebody shorten its wait; a crowd
 * that comes and goes at the end of the line does not.
 */
final class Impatience {
  static final int ZONES = 40;

  private final double timeConstantMs;
  private final double[] gaveUp = new double[ZONES];
  private final double[] waiterMs = new double[ZONES];

  Impatience(double timeConstantMs) {
    this.timeConstantMs = timeConstantMs;
  }

  /** Somebody gave up where it stood, 1 for next. */
  void gaveUp(long rank) {
    gaveUp[zone(rank)]++;
  }

  /** So many waited for so long. */
  void waited(double elapsedMs, long waiting) {
    double fade = Math.exp(-elapsedMs / timeConstantMs);
    for (int zone = 0; zone < ZONES; zone++) {
      long first = 1L << zone;
      gaveUp[zone] *= fade;
      waiterMs[zone] = waiterMs[zone] * fade + elapsedMs * Math.max(0, Math.min(first, waiting - first + 1));
    }
  }

  /** How often one of those up to a rank gives up, in a millisecond. */
  double rate(long rank) {
    double happened = 0;
    double weight = 0;
    for (int zone = 0; zone <= zone(rank); zone++) {
      happened += gaveUp[zone];
      weight += waiterMs[zone];
    }
    return weight > 0 ? happened / weight : 0;
  }

  /** What is known, up to the last zone in which anybody waited. */
  List<Experience.Rate> learnt() {
    List<Experience.Rate> zones = new ArrayList<>();
    for (int zone = 0; zone < ZONES && (waiterMs[zone] > 0 || gaveUp[zone] > 0); zone++) {
      zones.add(new Experience.Rate(gaveUp[zone], waiterMs[zone]));
    }
    return zones;
  }

  /** Goes on with what another knew. */
  void resume(List<Experience.Rate> learnt) {
    for (int zone = 0; zone < learnt.size(); zone++) {
      gaveUp[zone] = learnt.get(zone).count();
      waiterMs[zone] = learnt.get(zone).weight();
    }
  }

  private static int zone(long rank) {
    return Math.min(ZONES - 1, 63 - Long.numberOfLeadingZeros(Math.max(1, rank)));
  }
}
