package io.vestibule.bench.compare;

import java.util.List;
import java.util.Locale;

/** The two servers of a comparison. */
public enum ServerKind {
  BARE, VESTIBULE;

  /** Who goes first in a pair: they take turns, so that what drifts over time favours neither. */
  static List<ServerKind> order(int pair) {
    return pair % 2 == 0 ? List.of(BARE, VESTIBULE) : List.of(VESTIBULE, BARE);
  }

  /** The name in print. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
