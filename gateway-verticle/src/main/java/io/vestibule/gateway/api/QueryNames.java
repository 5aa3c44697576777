package io.vestibule.gateway.api;

import io.vertx.core.MultiMap;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names of a query's parameters, which are as strictly looked at as those of a body. */
final class QueryNames {
  private QueryNames() {}

  /** Refuses what is not known, and what comes twice. */
  static void check(MultiMap query, Set<String> known) {
    for (String name : query.names()) {
      if (!known.contains(name)) {
        throw Failure.ofField(ErrorReason.UNKNOWN_FIELD, name, "The parameter '" + name + "' is not known here.").with("known", List.copyOf(new TreeSet<>(known)));
      }
      if (query.getAll(name).size() > 1) {
        throw Failure.ofField(ErrorReason.DUPLICATE_KEY, name, "The parameter '" + name + "' appears twice.");
      }
    }
  }
}
