package io.vestibule.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class MetricsVerticleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void answersForItsHealthWhileItIsDeployed(Vertx vertx, VertxTestContext test) {
    Bus bus = new Bus(vertx, PATIENCE, new SimpleMeterRegistry());
    Membership membership = Membership.alone(new NodeRef("n1", "node", Set.of(MetricsVerticle.ROLE)));
    HealthService health = new HealthService(bus);
    vertx.deployVerticle(new MetricsVerticle(bus, membership))
        .compose(id -> health.ask(MetricsVerticle.ROLE, "n1", PATIENCE, "c1")
            .onComplete(test.succeeding(report -> test.verify(() -> {
              assertThat(report.healthy()).isTrue();
              assertThat(report.detailsJson().getInteger("nodes")).isEqualTo(1);
            })))
            .compose(report -> vertx.undeploy(id)))
        .compose(undeployed -> health.ask(MetricsVerticle.ROLE, "n1", PATIENCE, "c2"))
        .onComplete(test.succeeding(report -> test.verify(() -> {
          assertThat(report.healthy()).isFalse();
          assertThat(report.detailsJson().getString("reason")).isEqualTo("unavailable");
          test.completeNow();
        })));
  }
}
