package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Correspondence;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Durable topics with {@code store.on-loss: fallback}: Redis is killed while publishers on all nodes are at work, and comes back with what it had. The whole cluster goes on in memory, and returns; every
 * acknowledged message is there in the end, once; and nobody was told two messages at one place, or missed one in silence.
 */
@Tag("waits")
class RedisLossIT {
  @RegisterExtension final Redis redis = Redis.keeping();
  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void nothingIsLostWhenRedisGoesAndComes() throws Exception {
    redis.start();
    List<VestibuleProcess> all = nodes.startCluster(3, "--set", "store.type=redis", "--set", "store.redis.url=" + redis.url(), "--set", "store.on-loss=fallback", "--set",
        "cluster.expected-size=3", "--set", "gateway.limits.messages-per-second=0", "--set", Correspondence.RULES);
    Correspondence.awaitStore(all, "ok", "redis");
    Correspondence people = new Correspondence(nodes, List.of("durable.x"), Duration.ofMillis(10));
    for (VestibuleProcess node : all) {
      people.listen(node);
    }
    for (VestibuleProcess node : all) {
      people.publish(node);
    }
    people.awaitProgress(200);
    redis.kill();
    Correspondence.awaitStore(all, "degraded", "memory");
    nodes.awaitReady(all, Duration.ofSeconds(20));
    people.awaitProgress(200);
    redis.start();
    Correspondence.awaitStore(all, "ok", "redis");
    people.awaitProgress(200);
    people.end();
    Correspondence.Outcome outcome = people.judge();
    System.out.println("redis lost: " + outcome);
    assertThat(outcome.refused()).isPositive();
    assertThat(outcome.gaps()).as("each was told of both changes").isGreaterThanOrEqualTo(2 * outcome.subscribers());
  }
}
