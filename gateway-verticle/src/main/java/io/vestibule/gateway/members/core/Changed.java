package io.vestibule.gateway.members.core;

import java.util.List;

/**
 * What became of a {@link Change}: all of it, or nothing.
 *
 * @param members that the topic has now
 * @param words what counts now of each of the users, in their order; none where nothing was done
 */
public record Changed(Room room, int members, List<Word> words) {
  public Changed {
    words = List.copyOf(words);
  }

  /** Whether there was room for it. */
  public enum Room {
    /** It is done. */
    DONE,
    /** The topic would have more members than it may have, or the user more topics. */
    TOO_MANY,
    /** The shard has no room. */
    FULL
  }
}
