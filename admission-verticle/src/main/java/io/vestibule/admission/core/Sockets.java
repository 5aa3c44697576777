package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionCommand.Holder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which session lives on which socket. */
final class Sockets {
  private final Map<String, Map<String, Session>> byGateway = new HashMap<>();

  /** The session on a socket, or null. */
  Session find(String gateway, String connection) {
    return byGateway.getOrDefault(gateway, Map.of()).get(connection);
  }

  /** The session that lives there, or null; for a promise to ask again there is none. */
  Session find(Holder holder) {
    return holder.isSocket() ? find(holder.gateway(), holder.connection()) : null;
  }

  void put(Session session) {
    if (session.isOnSocket()) {
      byGateway.computeIfAbsent(session.holder.gateway(), gateway -> new LinkedHashMap<>()).put(session.holder.connection(), session);
    }
  }

  void remove(Session session) {
    if (session.isOnSocket()) {
      Map<String, Session> sessions = byGateway.getOrDefault(session.holder.gateway(), Map.of());
      sessions.remove(session.holder.connection(), session);
      if (sessions.isEmpty()) {
        byGateway.remove(session.holder.gateway());
      }
    }
  }

  Set<String> gateways() {
    return Set.copyOf(byGateway.keySet());
  }

  /** A copy. */
  Collection<Session> of(String gateway) {
    return new ArrayList<>(byGateway.getOrDefault(gateway, Map.of()).values());
  }

  Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    byGateway.forEach((gateway, sessions) -> counts.put(gateway, sessions.size()));
    return counts;
  }

  List<String> gatewaysOutside(Set<String> alive) {
    return byGateway.keySet().stream().filter(gateway -> !alive.contains(gateway)).sorted().toList();
  }
}
