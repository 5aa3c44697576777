package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisScript;
import java.util.List;

/** Counts the lives of a cluster in Redis, see {@link Incarnation}. */
final class RedisCounter {
  private static final RedisScript RAISE = RedisScript.of(RedisCounter.class, "raise.lua");

  private final RedisLink link;
  private final RedisKeys keys;

  RedisCounter(RedisLink link, RedisKeys keys) {
    this.link = link;
    this.keys = keys;
  }

  /** A number above all before. */
  Future<Long> next() {
    return link.send(Request.cmd(Command.INCR).arg(keys.incarnations())).map(counted -> counted.toLong());
  }

  /** Makes sure that no number up to this one is given again, also by a Redis that came back empty. */
  Future<Void> raise(long known) {
    return RAISE.run(link, List.of(keys.incarnations()), List.of(Buffer.buffer(Long.toString(known)))).mapEmpty();
  }
}
