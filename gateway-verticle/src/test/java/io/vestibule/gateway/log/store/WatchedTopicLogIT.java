package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.redis.client.impl.types.ErrorType;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.metrics.LogStoreMeters;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class WatchedTopicLogIT extends OnMemoryContract {
  private static final long LIMIT = 4_711;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WatchedTopicLog watched = new WatchedTopicLog(memory, new LogStoreMeters(registry, TopicLog.SHARDS, LIMIT));

  @Override
  protected List<TopicLog> stores() {
    return List.of(watched, watched);
  }

  @Test
  void countsCallsByOutcomeAndWhatWasStored() {
    Append twice = new Append(TOPIC, 1, 1, NOW, 77, BOUNDS, List.of(new Append.Draft("k", new byte[10]), new Append.Draft("k", new byte[10]), new Append.Draft(null, new byte[5])));
    await(watched.append(twice));
    await(watched.read(all(TOPIC)));
    await(watched.moved(TopicLog.shardOf(TOPIC), 0, 0, 10));
    memory.refusing.set(1);
    assertThat(failureOf(watched.append(append(1, 2, "lost")))).isNotNull();
    await(watched.append(append(1, 3, "x")));
    assertThat(failureOf(watched.append(append(1, 2, "late")))).isNotNull();

    assertThat(calls("append", "ok")).isEqualTo(3);
    assertThat(calls("append", "failed")).isEqualTo(1);
    assertThat(calls("read", "ok")).isEqualTo(1);
    assertThat(calls("moved", "ok")).isEqualTo(1);
    assertThat(registry.get("vestibule.log.appended.messages").counter().count()).isEqualTo(3);
    assertThat(registry.get("vestibule.log.appended.bytes").counter().count()).isEqualTo(16);
    assertThat(registry.get("vestibule.log.bytes").gauge().value()).isBetween(500.0, 1_500.0);
    assertThat(registry.get("vestibule.log.limit.bytes").gauge().value()).isEqualTo(LIMIT);
  }

  private long calls(String call, String outcome) {
    return registry.get("vestibule.log.store.calls").tag("call", call).tag("outcome", outcome).timer().count();
  }

  @Test
  void saysHowTheStoreIs() {
    assertThat(conditions()).containsExactly(1.0, 0.0, 0.0);
    memory.refusing.set(1);
    assertThat(failureOf(watched.append(append(1, 1, "a")))).isNotNull();
    assertThat(watched.condition()).isEqualTo(new TopicLog.Condition("down", "memory", "IllegalStateException"));
    assertThat(conditions()).containsExactly(0.0, 0.0, 1.0);
    await(watched.append(append(1, 1, "a")));
    assertThat(watched.condition()).isEqualTo(new TopicLog.Condition("degraded", "memory", "IllegalStateException"));
    assertThat(conditions()).containsExactly(0.0, 1.0, 0.0);
  }

  private List<Double> conditions() {
    return List.of("ok", "degraded", "down").stream().map(state -> registry.get("vestibule.log.store").tag("condition", state).gauge().value()).toList();
  }

  @Test
  void countsWhatAShardHasDroppedOnce() {
    SimpleMeterRegistry counted = new SimpleMeterRegistry();
    LogStoreMeters meters = new LogStoreMeters(counted, 2, 0);
    meters.shard(0, 100, 5, 40);
    meters.shard(0, 100, 5, 43);
    meters.shard(1, 50, 5, 2);
    meters.shard(0, 10, 6, 1);
    meters.shard(0, 10, 6, 2);
    assertThat(counted.get("vestibule.log.dropped").counter().count()).isEqualTo(4);
    assertThat(counted.get("vestibule.log.bytes").gauge().value()).isEqualTo(60);
  }

  @Test
  void whatItSaysHasNoSecret() {
    assertThat(WatchedTopicLog.reason(new TimeoutException("redis://user:secret@host"))).isEqualTo("no answer in time");
    for (Throwable lost : List.of(new ConnectException("secret@host"), new ClosedChannelException(), new IOException("Connection reset by peer"), ErrorType.create("CONNECTION_CLOSED"),
        Future.failedFuture("Connection is closed").cause())) {
      assertThat(WatchedTopicLog.reason(lost)).as(lost.toString()).isEqualTo("no connection");
    }
    assertThat(WatchedTopicLog.reason(new UnknownHostException("user:secret@host"))).isEqualTo("UnknownHostException");
    assertThat(WatchedTopicLog.reason(new SSLHandshakeException("user:secret@host"))).isEqualTo("SSLHandshakeException");
    assertThat(WatchedTopicLog.reason(new IllegalArgumentException("redis://user:secret@host"))).isEqualTo("IllegalArgumentException");
    assertThat(WatchedTopicLog.reason(new IllegalStateException("OOM command not allowed when used memory > 'maxmemory'."))).isEqualTo("answers OOM");
  }
}
