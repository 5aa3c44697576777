package io.vestibule.node.runtime;

import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.ProcessFailure;
import java.util.Locale;
import java.util.Set;

/** Whom a node lets in. One node that lets in anybody as anyone opens the topics of the whole cluster, so the two kinds do not mix. */
enum Mode {
  /** A gateway without auth. */
  DEVELOPMENT("this node has none (development mode), and its clients could be anyone", "nodes with auth configured"),
  /** A gateway with auth. */
  PRODUCTION("this node has auth configured", "nodes in development mode, whose clients may be anyone"),
  /** A node that lets nobody in. */
  NONE("", "");

  private final String self;
  private final String others;

  Mode(String self, String others) {
    this.self = self;
    this.others = others;
  }

  static Mode of(VestibuleConfig config) {
    return !config.node().runs(Role.GATEWAY) ? NONE : config.developmentMode() ? DEVELOPMENT : PRODUCTION;
  }

  /** As the other nodes are told; empty for nothing. */
  String slug() {
    return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
  }

  /** Whether it may work with nodes of these modes. */
  boolean goesWith(Set<String> others) {
    return this == NONE || others.stream().allMatch(slug()::equals);
  }

  /** What the person is told who started a node that may not. */
  ProcessFailure refusal(String cluster) {
    return new ProcessFailure(ExitCode.CONFIG, "the cluster '" + cluster + "' has " + others + ", and " + self
        + "; configure auth.* alike on all of them, or give this one another cluster.name");
  }
}
