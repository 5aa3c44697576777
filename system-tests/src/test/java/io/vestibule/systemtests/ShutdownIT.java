package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.json.JsonObject;
import io.vestibule.node.process.ExitCode;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.DeafClient;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How a node ends: SIGTERM, SIGTERM again, and in adverse circumstances. */
class ShutdownIT {
  private static final int CLIENTS = 500;
  private static final int RESTARTING = 1012;
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Nodes nodes = new Nodes();
  @TempDir Path folder;

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void sigtermTellsEveryClientAndEndsInGoodOrder() throws Exception {
    VestibuleProcess other = nodes.start("other");
    VestibuleProcess leaving = nodes.start("leaving", "--set", "gateway.limits.connections-per-ip=0", "--set", "admission.ip-joins=0",
        "--set", "node.shutdown-timeout=" + SHUTDOWN_TIMEOUT.toSeconds() + "s");
    nodes.awaitOneCluster(List.of(other, leaving), LIMIT);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(nodes.connect(leaving, "user-" + i));
    }
    try (DeafClient keepsItStopping = DeafClient.open(leaving.socketUrl())) {
      assertThat(keepsItStopping.isOpen()).isTrue();
      leaving.signal("TERM");

      Eventually.within(LIMIT, "not ready", () -> {
        HttpResponse<String> ready = leaving.get("/health/ready");
        return ready.statusCode() == 503 && new JsonObject(ready.body()).getJsonArray("obstacles").contains("draining");
      });
      Eventually.within(LIMIT, "new ones are refused", () -> refusal(leaving) == 503);
      for (Client client : clients) {
        assertThat(client.awaitEnd(LIMIT)).extracting(Client.End::code, Client.End::reason).containsExactly(RESTARTING, "restarting");
        List<Frame> frames = client.frames();
        JsonObject last = frames.get(frames.size() - 1).json();
        assertThat(last.getString("type")).isEqualTo("closing");
        assertThat(last.getInteger("code")).isEqualTo(RESTARTING);
        assertThat(last.getBoolean("reconnect")).isTrue();
      }
      assertThat(leaving.awaitExit(SHUTDOWN_TIMEOUT.plus(LIMIT))).isEqualTo(ExitCode.OK);
    }
    nodes.awaitOneCluster(List.of(other), LIMIT);
  }

  /** The status that a new socket is answered with. */
  private int refusal(VestibuleProcess node) {
    Throwable refused = catchThrowable(() -> nodes.open(node, "newcomer"));
    return refused != null && refused.getCause() instanceof WebSocketHandshakeException handshake ? handshake.getResponse().statusCode() : 0;
  }

  /** It gives another 3 s to say something, who never does. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void sigtermWhileItLooksForTheOthersEndsItBeforeItServes() throws Exception {
    VestibuleProcess node;
    try (ServerSocket mute = mute()) {
      node = nodes.launch("a", "--set", "node.shutdown-timeout=" + SHUTDOWN_TIMEOUT.toSeconds() + "s", "--set", "cluster.members=[127.0.0.1:" + mute.getLocalPort() + "]");
      try (Socket asksWhoIsThere = mute.accept()) {
        node.signal("TERM");

        assertThat(node.awaitExit(LIMIT)).as(node.output()).isEqualTo(ExitCode.OK);
        assertThat(asksWhoIsThere.isConnected()).isTrue();
      }
    }
    assertThat(node.printed(line -> line.contains("node_starting"))).isEqualTo(1);
    assertThat(node.printed(line -> line.contains("node_stopping"))).isEqualTo(1);
    assertThat(node.printed(line -> line.contains("node_ready"))).isZero();
  }

  /** Takes connections and says nothing. */
  private static ServerSocket mute() throws IOException {
    var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    mute.setSoTimeout((int) LIMIT.toMillis());
    return mute;
  }

  /** It waits for its keys from a server that never answers; what it has not begun yet it does not begin. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void sigtermWhileItsRolesComeUpEndsItBeforeItServes() throws Exception {
    try (ServerSocket mute = mute()) {
      VestibuleProcess other = nodes.start("other");
      VestibuleProcess node = nodes.launch("a", "--set", "node.shutdown-timeout=" + SHUTDOWN_TIMEOUT.toSeconds() + "s", "--set", "auth.jwt.secret=",
          "--set", "auth.jwt.jwks=http://127.0.0.1:" + mute.getLocalPort() + "/keys");
      try (Socket asksForKeys = mute.accept()) {
        node.signal("TERM");

        assertThat(node.awaitExit(LIMIT)).as(node.output()).isEqualTo(ExitCode.OK);
        assertThat(asksForKeys.isConnected()).isTrue();
      }
      assertThat(node.printed(line -> line.contains("node_ready"))).isZero();
      nodes.awaitOneCluster(List.of(other), LIMIT);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aSecondSigtermEndsItAtOnce() throws Exception {
    VestibuleProcess node = nodes.start("a");
    try (DeafClient keepsItStopping = DeafClient.open(node.socketUrl())) {
      assertThat(keepsItStopping.isOpen()).isTrue();
      node.signal("TERM");
      Eventually.within(LIMIT, "it is stopping", () -> node.printed(line -> line.contains("node_stopping")) == 1);
      assertThat(node.isAlive()).isTrue();

      node.signal("TERM");
      // An orderly end, which the deaf client only delays, has another code.
      assertThat(node.awaitExit(LIMIT)).isEqualTo(ExitCode.ofSignal(15));
    }
  }

  /** A deployment that copies over the jar leaves the running node with classes that it can no longer load. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aJarThatWasOverwrittenDoesNotKeepItFromEnding() throws Exception {
    Path jar = Files.copy(VestibuleProcess.JAR, folder.resolve("vestibule.jar"));
    VestibuleProcess node = nodes.launch(jar, "a", "--set", "node.shutdown-timeout=3s");
    node.awaitReady();
    nodes.connect(node, "client");

    Files.write(jar, new byte[(int) Files.size(jar)]);
    node.signal("TERM");

    assertThat(node.awaitExit(LIMIT)).isIn(ExitCode.OK, ExitCode.INTERNAL);
  }
}
