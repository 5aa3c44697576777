package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.presence.Known.Member;
import java.util.List;
import java.util.Objects;

/** The answer to {@link PresenceQuestion}: one for each topic, in their order. */
public record PresenceFound(List<Found> found) {
  public static final RecordCodec<PresenceFound> CODEC = RecordCodec.of("vestibule.presence.found.v1",
      (out, m) -> out.putList(m.found, (o, found) -> o.putInt(found.count).putList(found.named, (n, named) -> Known.write(n.putString(named.user), named.member)).putLong(found.lastSeenMs)),
      in -> new PresenceFound(in.getList(i -> new Found(i.getInt(), i.getList(n -> new Named(n.getString(), member(Known.read(n)))), i.getLong()))));

  /** Where the node that was asked does not own the topic's shard, or has not heard of every gateway yet. */
  public static final Found UNKNOWN = new Found(-1, List.of());

  /**
   * Who is in a topic.
   *
   * @param count how many users, whether they are named here or not; -1 where that is not known
   * @param lastSeenMs of a user's own topic: when he was there last, Unix milliseconds; 0 where he is there, or nothing is known of that
   */
  public record Found(int count, List<Named> named, long lastSeenMs) {
    public Found {
      named = List.copyOf(named);
    }

    /** Of which nothing was seen before. */
    public Found(int count, List<Named> named) {
      this(count, named, 0);
    }
  }

  /** A user who is in the topic. */
  public record Named(String user, Member member) {
    public Named {
      Objects.requireNonNull(user);
      Objects.requireNonNull(member);
    }
  }

  public PresenceFound {
    found = List.copyOf(found);
  }

  private static Member member(Known known) {
    if (known instanceof Member member) {
      return member;
    }
    throw new IllegalArgumentException("a user is no room");
  }
}
