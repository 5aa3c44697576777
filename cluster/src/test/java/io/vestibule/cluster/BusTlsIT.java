package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusTlsIT {
  @TempDir
  private Path directory;

  @Test
  void nodesOfOneAuthorityTalkAndOthersDoNot() throws Exception {
    TestCertificates ours = new TestCertificates(directory, "ours");
    TestCertificates theirs = new TestCertificates(directory, "theirs");
    try (TestCluster cluster = new TestCluster()) {
      Bus a = bus(cluster.start(cluster.config(ours.sign("a")), "a", "gateway"));
      ClusterNode nodeB = cluster.start(cluster.config(ours.sign("b")), "b", "gateway");
      serve(bus(nodeB), "b");
      serve(bus(cluster.start(cluster.config(theirs.sign("c")), "c", "gateway")), "c");

      eventually(() -> failureOf(ask(a, "b")) == null);
      assertThat(((Failure) failureOf(ask(a, "c"))).reason()).isIn(ErrorReason.TIMEOUT, ErrorReason.UNAVAILABLE);
      eventually(() -> failureOf(ask(a, "b")) == null);
      assertThat(isServedWithoutCertificate(
          ((io.vertx.core.internal.VertxInternal) nodeB.vertx()).clusterManager().getNodeInfo().port())).isFalse();
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig config = cluster.config(new ClusterConfig.Tls("/nowhere/node.pem", "/nowhere/key.pem", "/nowhere/ca.pem"));
      assertThat(failureOf(cluster.launch(config, "a"))).isInstanceOf(ClusterException.class)
          .hasMessage("cluster.tls.certificate '/nowhere/node.pem' is not a readable file");
    }
  }

  private static Future<HealthReport> ask(Bus bus, String node) {
    return bus.request(Addresses.health("tls", node), new HealthQuery(), Duration.ofSeconds(1), "c");
  }

  private static Bus bus(ClusterNode node) {
    return new Bus(node.vertx(), TestCluster.PATIENCE, new SimpleMeterRegistry());
  }

  private static void serve(Bus bus, String node) {
    await(bus.serve(Addresses.health("tls", node), (query, id) -> Future.succeededFuture(new HealthReport(true, "{}"))));
  }

  /** A stranger who trusts everybody and shows nothing; with TLS 1.3 the refusal comes with the first read. */
  private static boolean isServedWithoutCertificate(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsEverybody()}, new SecureRandom());
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) TestCluster.PATIENCE.toMillis());
      // A ping, as nodes send it: who is let in gets a byte back.
      socket.getOutputStream().write(new byte[] {0, 0, 0, 23, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0});
      return socket.getInputStream().read() >= 0;
    } catch (SSLException | SocketException refused) {
      // Which of the two depends on whether the refusal or the end of the connection is seen first.
      return false;
    }
  }

  private static final class TrustsEverybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      // Everybody.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // Everybody.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
