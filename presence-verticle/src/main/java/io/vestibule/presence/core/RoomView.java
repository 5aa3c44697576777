package io.vestibule.presence.core;

import io.vestibule.contract.presence.Known.Member;
import java.util.Collections;
import java.util.Map;

/**
 * Who is in a topic, for those who ask once.
 *
 * @param members all of them by user, in the order in which they came; a view of what changes
 */
public record RoomView(Map<String, Member> members) {
  static final RoomView EMPTY = new RoomView(Map.of());

  public RoomView {
    members = Collections.unmodifiableMap(members);
  }
}
