package io.vestibule.systemtests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.vestibule.systemtests.architecture.violations.admission.NosyAdmission;
import io.vestibule.systemtests.architecture.violations.bench.NosyBench;
import io.vestibule.systemtests.architecture.violations.cluster.UpwardCluster;
import io.vestibule.systemtests.architecture.violations.common.Leftovers;
import io.vestibule.systemtests.architecture.violations.contract.UpwardContract;
import io.vestibule.systemtests.architecture.violations.gateway.NosyGateway;
import io.vestibule.systemtests.architecture.violations.metrics.NosyMetrics;
import io.vestibule.systemtests.architecture.violations.presence.GridPresence;
import io.vestibule.systemtests.architecture.violations.presence.NosyPresence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Who may know whom: contract, then cluster, then the verticles, which never know each other, then the node that deploys them. */
final class ModuleRules {
  /** What each module may depend on besides itself; the load client measures the own parts of gateway and admission and signs tokens as the gateway does. */
  private static final Map<String, Set<String>> KNOWN = new TreeMap<>(Map.of(
      "contract", Set.of(),
      "cluster", Set.of("contract"),
      "gateway", Set.of("contract", "cluster"),
      "presence", Set.of("contract", "cluster"),
      "admission", Set.of("contract", "cluster"),
      "metrics", Set.of("contract", "cluster"),
      "bench", Set.of("contract", "cluster", "gateway", "admission"),
      "node", Set.of("contract", "cluster", "gateway", "presence", "admission", "metrics", "bench")));

  private ModuleRules() {}

  static Set<String> modules() {
    return KNOWN.keySet();
  }

  static List<Rule> of(String root) {
    return List.of(
        direction(root, "contract", UpwardContract.class),
        direction(root, "cluster", UpwardCluster.class),
        direction(root, "gateway", NosyGateway.class),
        direction(root, "presence", NosyPresence.class),
        direction(root, "admission", NosyAdmission.class),
        direction(root, "metrics", NosyMetrics.class),
        direction(root, "bench", NosyBench.class),
        new Rule("Hazelcast and Redis are known to the cluster, the node and the stores alone",
            noClasses().that().resideOutsideOfPackages(root + ".cluster..", root + ".node..", root + ".*..store..")
                .should().dependOnClassesThat().resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..", "io.vertx.redis.."),
            GridPresence.class),
        new Rule("no package for what has no place",
            noClasses().should().resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..helpers..", "..misc.."),
            Leftovers.class));
  }

  private static Rule direction(String root, String module, Class<?> violation) {
    List<String> others = new ArrayList<>(KNOWN.keySet());
    others.remove(module);
    others.removeAll(KNOWN.get(module));
    return new Rule(module + " knows " + KNOWN.get(module) + " and none of " + others,
        noClasses().that().resideInAPackage(root + "." + module + "..")
            .should().dependOnClassesThat().resideInAnyPackage(others.stream().map(other -> root + "." + other + "..").toArray(String[]::new)),
        violation);
  }
}
