package io.vestibule.node.operations;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vestibule.admission.AdmissionConfig;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.HealthService;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.process.Version;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Finds out how this node is, by asking the cluster and, over the bus, the verticle of each of its roles. Thread-safe. */
public final class Health {
  private final ClusterNode cluster;
  private final HealthService service;
  private final List<String> roles;
  private final Duration deadline;
  private final boolean developmentMode;
  private final boolean needsAdmission;
  private final SingleFlight<HealthPage> check = new SingleFlight<>(this::ask);
  private volatile boolean draining;

  /**
   * @param roles what this node deploys
   * @param config for the deadline of each check, and the mode
   */
  public Health(ClusterNode cluster, Bus bus, List<String> roles, VestibuleConfig config) {
    this.cluster = cluster;
    this.service = new HealthService(bus);
    this.roles = List.copyOf(roles);
    this.deadline = config.operations().healthTimeout();
    this.developmentMode = config.developmentMode();
    this.needsAdmission = roles.contains(Role.GATEWAY.slug()) && config.admission().whenUnavailable() == AdmissionConfig.Unavailable.CLOSED;
  }

  /** From now on this node is not ready. */
  public void drain() {
    draining = true;
  }

  /** How the node is, found out within the deadline; completes on any thread. */
  Future<HealthPage> check() {
    return check.get();
  }

  /** The answer of {@code /health}. */
  JsonObject describe(HealthPage page) {
    return page.details()
        .put("version", Version.current())
        .put("mode", developmentMode ? "development" : "production")
        .put("uptimeMs", ManagementFactory.getRuntimeMXBean().getUptime());
  }

  private Future<HealthPage> ask() {
    String self = cluster.membership().self().id();
    String correlationId = UUID.randomUUID().toString();
    Future<Boolean> safe = cluster.isSafe(deadline);
    Map<String, Future<HealthReport>> asked = new LinkedHashMap<>();
    roles.forEach(role -> asked.put(role, service.ask(role, self, deadline, correlationId)));
    return Future.join(List.copyOf(asked.values())).compose(answered -> safe).map(isSafe -> {
      Map<String, HealthReport> reports = new LinkedHashMap<>();
      asked.forEach((role, answer) -> reports.put(role, answer.result()));
      return new HealthPage(cluster.membership().view(), isSafe, draining, needsAdmission, reports);
    });
  }
}
