package io.vestibule.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import io.vestibule.admission.store.MemoryAdmissionStore;
import io.vestibule.admission.store.MemorySeatStore;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Majority;
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
class AdmissionVerticleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void answersForItsHealthWhileItIsDeployed(Vertx vertx, VertxTestContext test) {
    Bus bus = new Bus(vertx, PATIENCE, new SimpleMeterRegistry());
    Membership membership = Membership.alone(new NodeRef("n1", "node", Set.of(AdmissionVerticle.ROLE)));
    HealthService health = new HealthService(bus);
    ShardOwnership ownership = new ShardOwnership(vertx, membership, new LocalTermStore(),
        OwnershipTimings.forFailureTimeout(Duration.ofSeconds(10)), new SimpleMeterRegistry());
    var environment = new AdmissionEnvironment(bus, membership, ownership, new MemoryAdmissionStore(), new MemorySeatStore(), new SimpleMeterRegistry(), new Majority(1));
    vertx.deployVerticle(new AdmissionVerticle(environment, TestAdmission.config()))
        .compose(id -> health.ask(AdmissionVerticle.ROLE, "n1", PATIENCE, "c1")
            .onComplete(test.succeeding(report -> test.verify(() -> {
              assertThat(report.healthy()).isTrue();
              assertThat(report.detailsJson().getBoolean("enforced")).isTrue();
              assertThat(report.detailsJson().getString("durability")).isEqualTo("memory");
            })))
            .compose(report -> vertx.undeploy(id)))
        .compose(undeployed -> health.ask(AdmissionVerticle.ROLE, "n1", PATIENCE, "c2"))
        .onComplete(test.succeeding(report -> test.verify(() -> {
          assertThat(report.healthy()).isFalse();
          assertThat(report.detailsJson().getString("reason")).isEqualTo("unavailable");
          test.completeNow();
        })));
  }
}
