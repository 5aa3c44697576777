package io.vestibule.gateway.members.core;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * Users are made members of a topic, or are to be members no more.
 *
 * @param users no one twice
 * @param member which of the two
 * @param epoch of the place from which messages are owed to who is new; 0 for none
 * @param nowMs Unix milliseconds
 */
public record Change(String topic, List<String> users, boolean member, long epoch, long offset, long nowMs) {
  public Change {
    users = List.copyOf(new LinkedHashSet<>(users));
  }
}
