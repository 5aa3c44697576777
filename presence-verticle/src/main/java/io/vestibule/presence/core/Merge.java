package io.vestibule.presence.core;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import java.util.Collection;
import java.util.List;

/** What several gateways say of one user in one topic, as one. The same in whatever order they said it. */
final class Merge {
  private Merge() {}

  /**
   * The member.
   *
   * @param said at least one
   */
  static Member of(Collection<Here> said) {
    List<Here> present = said.stream().filter(here -> !here.away()).toList();
    if (present.isEmpty()) {
      Member last = ofAll(said);
      return new Member(0, last.sinceMs(), last.status().asAway(), last.info());
    }
    // Where he is with another connection nobody sees that one is waited for.
    return ofAll(present);
  }

  private static Member ofAll(Collection<Here> said) {
    int connections = 0;
    UserStatus status = UserStatus.ONLINE;
    Here last = null;
    long sinceMs = Long.MAX_VALUE;
    boolean connected = said.stream().anyMatch(here -> here.connections() > 0);
    for (Here here : said) {
      connections += here.connections();
      status = status.or(here.status());
      if (here.connections() > 0 || !connected) {
        sinceMs = Math.min(sinceMs, here.sinceMs());
      }
      last = last == null || isAfter(here, last) ? here : last;
    }
    // Who only lingers is shown as he was, or a reload would be seen.
    return new Member(Math.max(1, connections), sinceMs, status, last.info());
  }

  private static boolean isAfter(Here one, Here other) {
    if (one.infoAtMs() != other.infoAtMs()) {
      return one.infoAtMs() > other.infoAtMs();
    }
    return String.valueOf(one.info()).compareTo(String.valueOf(other.info())) > 0;
  }
}
