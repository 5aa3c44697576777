package io.vestibule.gateway.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** Meters of what can come out well or badly: two for each kind, all made at the start. Thread-safe. */
final class Outcomes<K extends Enum<K>, M> {
  private final Map<K, M> well;
  private final Map<K, M> badly;

  Outcomes(Class<K> kinds, Function<K, M> well, Function<K, M> badly) {
    this.well = new EnumMap<>(kinds);
    this.badly = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      this.well.put(kind, well.apply(kind));
      this.badly.put(kind, badly.apply(kind));
    }
  }

  M of(K kind, boolean cameOutWell) {
    return (cameOutWell ? well : badly).get(kind);
  }
}
