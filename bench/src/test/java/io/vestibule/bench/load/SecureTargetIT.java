package io.vestibule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vestibule.bench.BenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The command {@code bench fanout} against a server with TLS, whose certificate is its own work and names somebody else. */
@Timeout(180)
class SecureTargetIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final SelfSignedCertificate certificate = SelfSignedCertificate.create("somebody.else.invalid");
  private FaultyServer server;

  @BeforeEach
  void start() {
    server = new FaultyServer((self, message) -> self.deliver(message.frame()),
        new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()));
  }

  @AfterEach
  void stop() {
    server.close();
    certificate.delete();
  }

  @Test
  void anyCertificateWillDoWhenItIsSaidSo() {
    assertThat(fanout("--insecure", "--token", "t")).as(out + "" + err).isZero();
    assertThat(out.toString()).contains("deliveries   25 of 25");
    assertThat(server.tokens()).containsExactly("t");
  }

  @Test
  void aNodeInDevelopmentModeIsAskedForTokensTheSameWay() {
    assertThat(fanout("--insecure")).as(out + "" + err).isZero();
    assertThat(server.tokens()).containsExactly("for-dev-token");
  }

  @Test
  void otherwiseTheCertificateIsLookedAt() {
    assertThat(fanout("--token", "t")).isEqualTo(1);
    assertThat(out.toString()).contains("0 of 6 ready").contains("SSLHandshakeException=6");
    assertThat(fanout()).isEqualTo(1);
    assertThat(err.toString()).contains("/dev/token for a token (SSLHandshakeException)");
    assertThat(server.tokens()).isEmpty();
  }

  @Test
  void subscribersMayNameAPatternAndPublishersATopicOfIt() {
    assertThat(fanout("--insecure", "--token", "t", "--topic", "bench.x", "--pattern", "bench.*")).as(out + "" + err).isZero();
    assertThat(server.topics()).containsExactly("bench.*");
    assertThat(out.toString()).contains("deliveries   25 of 25");
  }

  private int fanout(String... more) {
    List<String> line = new ArrayList<>(List.of("fanout", "--url", "wss://127.0.0.1:" + server.port() + "/ws", "--connections", "5", "--rate", "10",
        "--warmup", "0s", "--duration", "500ms", "--handshake-timeout", "60s"));
    line.addAll(List.of(more));
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(line.toArray(String[]::new));
  }
}
