package io.vestibule.admission.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The few places that do not stand in a lane, because later ones were there before they came. Live ones are sorted in runs of at most {@value #RUN}; adding, removing
 * and counting cost a search, the moving of a part of a run, and one addition for each run: about a microsecond among a million.
 */
final class Strays {
  private static final int RUN = 512;

  private final Map<Long, Spot> held = new HashMap<>();
  private final List<List<Spot>> runs = new ArrayList<>();
  private int live;

  int heldCount() {
    return held.size();
  }

  int liveCount() {
    return live;
  }

  /** The stray with this ticket, or null. */
  Spot get(long ticket) {
    return held.get(ticket);
  }

  void add(Spot stray, boolean isLive) {
    held.put(stray.stray(), stray);
    if (isLive) {
      insert(stray);
    }
  }

  boolean isLive(Spot stray) {
    int run = runOf(stray);
    return run >= 0 && Collections.binarySearch(runs.get(run), stray) >= 0;
  }

  void setLive(Spot stray, boolean is) {
    if (isLive(stray) == is) {
      return;
    }
    if (is) {
      insert(stray);
    } else {
      remove(stray);
    }
  }

  void release(Spot stray) {
    setLive(stray, false);
    held.remove(stray.stray());
  }

  /** Live strays before a spot. */
  long countBefore(Spot spot) {
    int run = runOf(spot);
    if (run < 0) {
      return 0;
    }
    long count = 0;
    for (int i = 0; i < run; i++) {
      count += runs.get(i).size();
    }
    return count + lowerBound(runs.get(run), spot);
  }

  /** The first live stray, or null. */
  Spot first() {
    return runs.isEmpty() ? null : runs.get(0).get(0);
  }

  /** The first live stray behind a spot, or null. */
  Spot after(Spot spot) {
    int run = runOf(spot);
    if (run < 0) {
      return first();
    }
    List<Spot> strays = runs.get(run);
    int at = Collections.binarySearch(strays, spot);
    int next = at >= 0 ? at + 1 : -at - 1;
    if (next < strays.size()) {
      return strays.get(next);
    }
    return run + 1 < runs.size() ? runs.get(run + 1).get(0) : null;
  }

  private void insert(Spot stray) {
    live++;
    int index = Math.max(0, runOf(stray));
    if (runs.isEmpty()) {
      runs.add(new ArrayList<>());
    }
    List<Spot> run = runs.get(index);
    run.add(lowerBound(run, stray), stray);
    if (run.size() > RUN) {
      List<Spot> half = run.subList(RUN / 2, run.size());
      runs.add(index + 1, new ArrayList<>(half));
      half.clear();
    }
  }

  private void remove(Spot stray) {
    live--;
    int index = runOf(stray);
    List<Spot> run = runs.get(index);
    run.remove(Collections.binarySearch(run, stray));
    if (run.isEmpty()) {
      runs.remove(index);
    }
  }

  /** The last run that begins at or before the spot, -1 if all begin behind it. */
  private int runOf(Spot spot) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs.get(middle).get(0).compareTo(spot) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private static int lowerBound(List<Spot> run, Spot spot) {
    int at = Collections.binarySearch(run, spot);
    return at >= 0 ? at : -at - 1;
  }
}
