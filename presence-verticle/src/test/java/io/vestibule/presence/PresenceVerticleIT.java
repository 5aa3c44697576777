package io.vestibule.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.LocalTermStore;
import io.vestibule.cluster.ownership.OwnershipTimings;
import io.vestibule.cluster.ownership.ShardOwnership;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class PresenceVerticleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void answersForItsHealthWhileItIsDeployed(Vertx vertx, VertxTestContext test) {
    Bus bus = new Bus(vertx, PATIENCE, new SimpleMeterRegistry());
    Membership membership = Membership.alone(new NodeRef("n1", "node", Set.of(PresenceVerticle.ROLE)));
    HealthService health = new HealthService(bus);
    ShardOwnership ownership = new ShardOwnership(vertx, membership, new LocalTermStore(), OwnershipTimings.forFailureTimeout(Duration.ofSeconds(10)), new SimpleMeterRegistry());
    var environment = new PresenceEnvironment(bus, membership, ownership, new SimpleMeterRegistry());
    vertx.deployVerticle(new PresenceVerticle(environment, new PresenceConfig(Duration.ofMillis(100), 1_000, 100, Duration.ofDays(1), 6_400)))
        .compose(id -> health.ask(PresenceVerticle.ROLE, "n1", PATIENCE, "c1")
            .onComplete(test.succeeding(report -> test.verify(() -> {
              assertThat(report.healthy()).isTrue();
              assertThat(report.detailsJson().getInteger("nodes")).isEqualTo(1);
              assertThat(report.detailsJson().getInteger("awaited")).isZero();
            })))
            .compose(report -> vertx.undeploy(id)))
        .compose(undeployed -> health.ask(PresenceVerticle.ROLE, "n1", PATIENCE, "c2"))
        .onComplete(test.succeeding(report -> test.verify(() -> {
          assertThat(report.healthy()).isFalse();
          assertThat(report.detailsJson().getString("reason")).isEqualTo("unavailable");
          test.completeNow();
        })));
  }
}
