package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;
import java.util.Objects;

/**
 * What counts now of some users in a topic: who is a member, and who is none any more. It may say what everybody knows already, and it may come late; the later word counts.
 *
 * @param topic a literal topic
 * @param said of each user once
 */
public record MembershipNotice(String topic, List<Said> said) {
  public static final RecordCodec<MembershipNotice> CODEC = RecordCodec.of("vestibule.members.v1",
      (out, m) -> out.putString(m.topic).putList(m.said, (to, said) -> to.putString(said.userId).putBoolean(said.member).putLong(said.atMs).putLong(said.sinceMs).putLong(said.epoch)
          .putLong(said.offset)),
      in -> new MembershipNotice(in.getString(), in.getList(from -> new Said(from.getString(), from.getBoolean(), from.getLong(), from.getLong(), from.getLong(), from.getLong()))));

  public MembershipNotice {
    Objects.requireNonNull(topic);
    said = List.copyOf(said);
  }

  /**
   * What was said last of one user.
   *
   * @param atMs when, Unix milliseconds
   * @param sinceMs since when he is a member, or was
   * @param epoch of the place in the topic's log from which messages are owed to him; 0 for none
   * @param offset in it
   */
  public record Said(String userId, boolean member, long atMs, long sinceMs, long epoch, long offset) {
    public Said {
      Objects.requireNonNull(userId);
    }
  }
}
