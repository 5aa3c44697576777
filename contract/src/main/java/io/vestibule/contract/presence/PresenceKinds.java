package io.vestibule.contract.presence;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.Known.Room;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.replica.Digest;
import io.vestibule.contract.replica.ReplicaKind;

/** The maps of presence: what gateways state, what they are told, and what was said of users. */
public final class PresenceKinds {
  /** Of a gateway, for the owner of a shard. */
  public static final ReplicaKind<PresenceKey, Statement> STATEMENTS = new ReplicaKind<>() {
    @Override
    public long digest(PresenceKey key, Statement value) {
      Digest digest = start(key);
      return value instanceof Here here ? member(digest.number(here.away() ? 1 : 0), here.connections(), here.sinceMs(), here.status(), here.info()) : digest.value();
    }

    @Override
    public int weight(PresenceKey key, Statement value) {
      return weightOf(key) + (value instanceof Here here ? weightOf(here.status(), here.info()) : 0);
    }
  };

  /** Of the owner of a shard, for a gateway. */
  public static final ReplicaKind<PresenceKey, Known> NEWS = new ReplicaKind<>() {
    @Override
    public long digest(PresenceKey key, Known value) {
      Digest digest = start(key);
      return value instanceof Member member ? member(digest, member.connections(), member.sinceMs(), member.status(), member.info())
          : digest.number(((Room) value).count()).number(((Room) value).sampled() ? 1 : 0).value();
    }

    @Override
    public int weight(PresenceKey key, Known value) {
      return weightOf(key) + (value instanceof Member member ? weightOf(member.status(), member.info()) : 0);
    }
  };

  /** Of the owner of a shard, for the other nodes that could own it: what was said of users, by their own topic. */
  public static final ReplicaKind<String, SaidUser> SAID = new ReplicaKind<>() {
    @Override
    public long digest(String topic, SaidUser said) {
      return new Digest().text(topic).text(said.user()).number(said.lastSeenMs()).value();
    }

    @Override
    public int weight(String topic, SaidUser said) {
      return FIXED + length(topic) + length(said.user());
    }
  };

  private static final int FIXED = 64;

  private PresenceKinds() {}

  private static Digest start(PresenceKey key) {
    return new Digest().text(key.topic()).text(key.user());
  }

  private static long member(Digest digest, int connections, long sinceMs, UserStatus status, String info) {
    return digest.number(connections).number(sinceMs).text(status.status()).text(status.data()).number(status.atMs()).text(info).value();
  }

  private static int weightOf(PresenceKey key) {
    return FIXED + length(key.topic()) + length(key.user());
  }

  private static int weightOf(UserStatus status, String info) {
    return length(status.status()) + length(status.data()) + length(info);
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }
}
