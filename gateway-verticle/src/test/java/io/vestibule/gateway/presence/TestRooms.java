package io.vestibule.gateway.presence;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.replica.ReplicaAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an owner of all shards makes of one gateway's statements, and of others that a test adds: as simple as it can be, so that it is easily right. */
public final class TestRooms {
  private final int listed;
  private final int sample;
  private final Map<PresenceKey, Member> others;
  private final List<ReplicaCopy<PresenceKey, Statement>> copies = new ArrayList<>();
  private final List<ReplicaSource<PresenceKey, Known>> sources = new ArrayList<>();

  /**
   * Takes all shards.
   *
   * @param term higher than that of the one before
   * @param listed users up to which a topic is listed
   * @param others who else is there, by the word of other gateways; changed by {@link #put} only
   */
  public TestRooms(long term, int listed, int sample, Map<PresenceKey, Member> others) {
    this.listed = listed;
    this.sample = sample;
    this.others = others;
    for (int i = 0; i < ShardKinds.PRESENCE.count(); i++) {
      copies.add(new ReplicaCopy<>(PresenceKinds.STATEMENTS, term, (key, before, now) -> renew(key.topic())));
      sources.add(new ReplicaSource<>(PresenceKinds.NEWS, term));
    }
  }

  /** The gateway speaks. */
  public PresenceAnswers hear(PresenceStatements statements) {
    List<ReplicaAnswer> answers = new ArrayList<>();
    statements.shards().forEach(said -> answers.add(copies.get(said.number()).apply(said.update())));
    return new PresenceAnswers(answers);
  }

  /** Somebody is there by the word of another gateway; null: is not. */
  public void put(String topic, String user, Member member) {
    if (member == null) {
      others.remove(new PresenceKey(topic, user));
    } else {
      others.put(new PresenceKey(topic, user), member);
    }
    renew(topic);
  }

  /** Whether the gateway has given its whole map of a shard. */
  public boolean hasHeard(int shard) {
    return copies.get(shard).isWhole();
  }

  /** What the gateway has stated. */
  public Map<PresenceKey, Statement> statements() {
    Map<PresenceKey, Statement> all = new HashMap<>();
    copies.forEach(copy -> all.putAll(copy.entries()));
    return all;
  }

  /** Who is in a topic. */
  public TreeMap<String, Member> members(String topic) {
    var members = new TreeMap<String, Member>();
    others.forEach((key, member) -> {
      if (key.topic().equals(topic)) {
        members.put(key.user(), member);
      }
    });
    copies.get(ShardKinds.PRESENCE.shardOf(topic)).entries().forEach((key, said) -> {
      if (key.topic().equals(topic) && said instanceof Here here) {
        Member other = members.get(key.user());
        members.put(key.user(), other == null ? new Member(Math.max(1, here.connections()), here.sinceMs(), here.status(), here.info())
            : new Member(other.connections() + here.connections(), Math.min(other.sinceMs(), here.sinceMs()), other.status().or(here.status()), here.info()));
      }
    });
    return members;
  }

  private void renew(String topic) {
    int shard = ShardKinds.PRESENCE.shardOf(topic);
    ReplicaSource<PresenceKey, Known> source = sources.get(shard);
    Map<PresenceKey, Known> wanted = new HashMap<>();
    if (copies.get(shard).entries().containsKey(PresenceKey.of(topic))) {
      TreeMap<String, Member> members = members(topic);
      boolean sampled = members.size() > listed;
      members.entrySet().stream().limit(sampled ? sample : members.size()).forEach(e -> wanted.put(new PresenceKey(topic, e.getKey()), e.getValue()));
      wanted.put(PresenceKey.of(topic), new Known.Room(members.size(), sampled));
    }
    List.copyOf(source.entries().keySet()).stream().filter(key -> key.topic().equals(topic) && !wanted.containsKey(key)).forEach(source::remove);
    wanted.forEach(source::put);
  }

  /** What the gateway is to be told now, of the shards whose statements are known as a whole; a beat where nothing is new. */
  public Optional<PresenceNews> news(int mostBytes, boolean beat) {
    var shards = new ArrayList<PresenceNews.Shard>();
    for (int i = 0; i < sources.size(); i++) {
      int number = i;
      if (hasHeard(i)) {
        (beat ? sources.get(i).beat(mostBytes) : sources.get(i).next(mostBytes)).ifPresent(update -> shards.add(new PresenceNews.Shard(number, update)));
      }
    }
    return shards.isEmpty() ? Optional.empty() : Optional.of(new PresenceNews("owner", shards));
  }

  /** The gateway has answered, or has not: null. */
  public void answered(PresenceNews news, PresenceAnswers answers) {
    for (int i = 0; i < news.shards().size(); i++) {
      PresenceNews.Shard told = news.shards().get(i);
      if (answers == null) {
        sources.get(told.number()).unanswered(told.update());
      } else {
        sources.get(told.number()).answered(told.update(), answers.answers().get(i));
      }
    }
  }
}
