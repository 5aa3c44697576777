package io.vestibule.node.process;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;

/** Reads the keys and certificates that the configuration names, as they will be read, before anything is started: what is wrong with them should be known before a node has joined a cluster. */
public final class FileCheck {
  private final List<String> problems = new ArrayList<>();

  private FileCheck() {}

  /**
   * Reads what the roles of the node will need. Blocks.
   *
   * @throws ProcessFailure that names each key of the configuration whose file cannot be used
   */
  public static void of(VestibuleConfig config) {
    FileCheck check = new FileCheck();
    ClusterConfig.Tls cluster = config.cluster().tls();
    if (cluster.enabled()) {
      check.certificates("cluster.tls", cluster.keys(), cluster.authority());
    }
    if (config.node().runs(Role.GATEWAY)) {
      check.gateway(config.gatewayConfig());
    }
    if (!check.problems.isEmpty()) {
      throw new ProcessFailure(ExitCode.CONFIG, String.join("; ", check.problems));
    }
  }

  private void gateway(GatewayConfig config) {
    GatewayConfig.Tls tls = config.gateway().http().tls();
    if (tls.enabled()) {
      certificates("gateway.http.tls", tls.keys(), null);
    }
    try {
      KeySource.check(config.auth());
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }

  /** Only Vert.x knows which files it takes. */
  private void certificates(String group, KeyCertOptions keys, TrustOptions trusted) {
    Vertx vertx = Vertx.vertx();
    try {
      keys.getKeyManagerFactory(vertx);
      if (trusted != null) {
        trusted.getTrustManagerFactory(vertx);
      }
    } catch (Exception e) {
      problems.add(group + " cannot be used: " + reason(e));
    } finally {
      vertx.close();
    }
  }

  private static String reason(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileSystemException file) {
        return file.getFile() + " cannot be read";
      }
    }
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }
}
