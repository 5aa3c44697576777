package io.vestibule.presence.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.presence.bus.ReplicaLine.Part;
import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.SaidOnline;
import io.vestibule.presence.core.ShardRooms;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The lines to gateways, and those to the other nodes with the role. */
final class Outgoing {
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Bus bus;
  private final String self;
  private final OwnedShards shards;
  private final PresenceMeters meters;

  Outgoing(Bus bus, String self, OwnedShards shards, PresenceMeters meters) {
    this.bus = bus;
    this.self = self;
    this.shards = shards;
    this.meters = meters;
  }

  /** Tells a gateway who is in the topics that it watches. */
  ReplicaLine<PresenceKey, Known> toGateway(String gateway) {
    return new ReplicaLine<>(PresenceKinds.NEWS, new ReplicaLine.Way<>() {
      @Override
      public ReplicaSource<PresenceKey, Known> source(int shard) {
        ShardRooms rooms = shards.current(shard);
        return rooms == null ? null : rooms.newsFor(gateway);
      }

      @Override
      public void outlived(int shard, long life) {
        shards.dispute(shard, ShardRooms.termOf(life));
      }

      @Override
      public Future<PresenceAnswers> carry(List<Part<PresenceKey, Known>> parts) {
        var news = new PresenceNews(self, parts.stream().map(part -> new PresenceNews.Shard(part.shard(), part.update())).toList());
        return bus.request(Addresses.PRESENCE_NEWS.at(gateway), news, DEADLINE, null);
      }
    }, meters.news(), Outgoing::nowMs);
  }

  /** Tells a node that could own the shards what was said of users. */
  ReplicaLine<String, SaidUser> toColleague(String node) {
    return new ReplicaLine<>(PresenceKinds.SAID, new ReplicaLine.Way<>() {
      @Override
      public ReplicaSource<String, SaidUser> source(int shard) {
        OnlineUsers users = shards.said(shard);
        return users == null ? null : users.copyFor(node);
      }

      @Override
      public void outlived(int shard, long life) {
        shards.dispute(shard, SaidOnline.termOf(life));
      }

      @Override
      public Future<PresenceAnswers> carry(List<Part<String, SaidUser>> parts) {
        var said = new PresenceSaid(self, parts.stream().map(part -> new PresenceSaid.Shard(part.shard(), part.update())).toList());
        return bus.request(Addresses.PRESENCE_SAID.at(node), said, DEADLINE, null);
      }
    }, meters.said(), Outgoing::nowMs);
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
