package io.vestibule.gateway.log;

import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.gateway.log.HeadWatch.Heads;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.store.TopicLog;

/** How far the shards of logs were when they were asked last, and by what an event loop has heard since: what comes after that is owed to those who are subscribed. Pure, one thread. */
final class LoopShards {
  /** A version after which nothing is owed to anybody. */
  static final long NEVER = Long.MAX_VALUE;

  private final boolean[] asked = new boolean[TopicLog.SHARDS];
  private final Place[] known = places();
  /** The latest that was heard of each, and what that was when its heads were told last: by now the shard must be as far. */
  private final Place[] heard = places();
  private final Place[] heardBefore = places();

  /** Where a shard is; changed in place, since every message says it. */
  private static final class Place {
    private long lineage;
    private long version;

    void set(long itsLineage, long itsVersion) {
      lineage = itsLineage;
      version = itsVersion;
    }
  }

  private static Place[] places() {
    Place[] places = new Place[TopicLog.SHARDS];
    for (int shard = 0; shard < places.length; shard++) {
      places[shard] = new Place();
    }
    return places;
  }

  /** Whether all were asked. */
  boolean knowsAll() {
    for (boolean was : asked) {
      if (!was) {
        return false;
      }
    }
    return true;
  }

  /** The epoch of a topic in a shard that has no log of it. */
  long nothing(int shard) {
    return Epoch.ofNothing(known[shard].lineage);
  }

  /** The version of a shard since when messages are owed. */
  long since(int shard) {
    return asked[shard] ? known[shard].version : NEVER;
  }

  /** The same, for whoever hears of a message that is stored there. */
  long since(int shard, StoredAt at) {
    return asked[shard] ? since(known[shard].lineage, known[shard].version, at.lineage()) : NEVER;
  }

  /** The same, for whoever hears what moved; before that is {@link #moved taken in}. */
  static long since(Heads heads) {
    return heads.first() || heads.restored() ? NEVER : since(heads.lineageBefore(), heads.versionBefore(), heads.moved().lineage());
  }

  /** The version since when messages are owed; never, where that cannot be told. */
  private static long since(long lineage, long version, long lineageNow) {
    return lineage == lineageNow ? version : Lineage.beganEmpty(lineageNow) ? 0 : NEVER;
  }

  /** A message is stored there. */
  void heard(int shard, StoredAt at) {
    Place latest = heard[shard];
    if (latest.lineage != at.lineage() || latest.version < at.version()) {
      latest.set(at.lineage(), at.version());
    }
  }

  /**
   * A shard was asked.
   *
   * @return whether its logs are to be doubted: it is another one, or not as far as was heard of it before it was asked
   */
  boolean moved(Heads heads) {
    int shard = heads.shard();
    long lineage = heads.moved().lineage();
    long version = heads.moved().version();
    Place told = heardBefore[shard];
    boolean another = !heads.more() && heads.lineageBefore() != 0 && heads.lineageBefore() != lineage;
    boolean doubtful = another || heads.restored() || told.lineage == lineage && told.version > version && !heads.more();
    told.set(heard[shard].lineage, heard[shard].version);
    known[shard].set(lineage, version);
    asked[shard] = true;
    return doubtful;
  }
}
