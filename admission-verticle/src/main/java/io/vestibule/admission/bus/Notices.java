package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionSeen;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** What a leader has to tell the gateways: a line for each of them, in order, one message under way. */
final class Notices {
  private final Carrier carrier;
  private final BiConsumer<String, String> nobodyThere;
  private final Timers timers;
  private final Map<String, NoticeLine> lines = new HashMap<>();

  /** Brings notices to a gateway and returns what it says, within a deadline. */
  interface Carrier {
    Future<AdmissionSeen> carry(String gateway, List<AdmissionNotice> notices);
  }

  /**
   * Nothing to tell yet.
   *
   * @param nobodyThere told the gateway and the connection of a notice that found its connection gone
   */
  Notices(Carrier carrier, BiConsumer<String, String> nobodyThere, Timers timers) {
    this.carrier = carrier;
    this.nobodyThere = nobodyThere;
    this.timers = timers;
  }

  /** Takes a notice; {@link #flush} sends it. */
  void add(String gateway, AdmissionNotice notice) {
    lines.computeIfAbsent(gateway, id ->
        new NoticeLine(notices -> carrier.carry(id, notices), connection -> nobodyThere.accept(id, connection), timers)).add(notice);
  }

  /** Sends what is to be sent. */
  void flush() {
    List.copyOf(lines.values()).forEach(NoticeLine::flush);
  }

  /** Forgets what was to be said to all others: they are gone, and their connections with them. */
  void retain(Set<String> gateways) {
    lines.forEach((gateway, line) -> {
      if (!gateways.contains(gateway)) {
        line.end();
      }
    });
    lines.keySet().retainAll(gateways);
  }

  /** Notices that wait. */
  int waiting() {
    return lines.values().stream().mapToInt(NoticeLine::waiting).sum();
  }

  /** Says nothing more. */
  void end() {
    lines.values().forEach(NoticeLine::end);
    lines.clear();
  }
}
