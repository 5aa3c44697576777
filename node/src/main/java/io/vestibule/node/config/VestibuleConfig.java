package io.vestibule.node.config;

import io.vestibule.admission.AdmissionConfig;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.contract.config.Settings;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.topic.TopicRuleConfig;
import io.vestibule.gateway.topic.TopicRules;
import io.vestibule.presence.PresenceConfig;
import java.util.ArrayList;
import java.util.List;

/** The whole configuration of a node, checked. Each part is one part of {@code conf/vestibule.yaml}, which explains every key. */
public record VestibuleConfig(
    NodeConfig node,
    ClusterConfig cluster,
    GatewayConfig.Sockets gateway,
    AuthConfig auth,
    AdmissionConfig admission,
    PresenceConfig presence,
    StoreConfig store,
    List<TopicRuleConfig> topics,
    BridgeConfig bridge,
    OperationsConfig operations,
    LogConfig log) {

  public VestibuleConfig {
    topics = List.copyOf(topics);
    var http = gateway.http();
    boolean serves = node.runs(Role.GATEWAY);
    Settings.check()
        .rule(!serves || Loopback.is(http.host()) || auth.isConfigured(), "gateway.http.host",
            "'" + http.host() + "' is reachable from other machines while no auth is configured: set auth.jwt.secret, auth.jwt.keys or"
                + " auth.jwt.jwks, or listen on 127.0.0.1")
        .rule(!serves || operations.httpPort() <= 0 || operations.httpPort() != http.port(), "operations.http-port",
            operations.httpPort() + " is gateway.http.port " + http.port() + " too: choose another, or -1 to share it")
        .verify();
    // Read to be checked: check-config must find what the gateway would refuse.
    TopicRules.of(topics);
  }

  /** What the gateway is configured with. */
  public GatewayConfig gatewayConfig() {
    return new GatewayConfig(gateway, auth, topics, bridge);
  }

  /** The same with a shared secret, as development mode makes one up. */
  public VestibuleConfig withSecret(String secret) {
    return new VestibuleConfig(node, cluster, gateway, auth.withSecret(secret), admission, presence, store, topics, bridge, operations, log);
  }

  /** No auth is configured: anybody on this machine may be anyone. */
  public boolean developmentMode() {
    return !auth.isConfigured();
  }

  /** What is permitted and probably not meant, each as one sentence that says what to do. */
  public List<String> warnings() {
    var warnings = new ArrayList<String>();
    if (!Loopback.is(cluster.host()) && !cluster.tls().enabled()) {
      warnings.add("cluster.host '" + cluster.host() + "' is reachable from other machines without cluster.tls:"
          + " keep the cluster ports inside a trusted network, or set cluster.tls");
    }
    if (!node.runs(Role.GATEWAY) && !operations.ownPort()) {
      warnings.add("node.roles has no gateway and operations.http-port is -1: health and metrics of this node cannot be read;"
          + " set operations.http-port");
    }
    if (store.type() == StoreConfig.Type.REDIS && admission.secret().isEmpty()) {
      warnings.add("store.type is redis and admission.secret is empty: places and slots outlive the cluster, and the resume tokens of the people who have them do not;"
          + " set admission.secret, the same on all nodes");
    }
    return List.copyOf(warnings);
  }
}
