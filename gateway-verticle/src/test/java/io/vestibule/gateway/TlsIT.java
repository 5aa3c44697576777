package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets over TLS: everything is as without, though the way to the channel is another. */
class TlsIT {
  private static final Duration GONE = Duration.ofSeconds(15);
  private static final String PAD = "x".repeat(10_000);

  @TempDir static Path folder;
  private static TestCertificate certificate;

  /** Where the gateway finds its certificate. */
  enum Form { PEM, PKCS12 }

  @BeforeAll
  static void make() throws Exception {
    certificate = new TestCertificate(folder);
  }

  private static GatewayFixture start(Form form, Consumer<TestConfig> more) throws Exception {
    GatewayConfig.Tls tls = form == Form.PEM ? certificate.asPem() : certificate.asKeystore();
    SSLContext trust = certificate.trust();
    return GatewayFixture.start(config -> {
      config.tls = tls;
      config.trust = trust;
      more.accept(config);
    });
  }

  @ParameterizedTest
  @EnumSource
  void theDialectIsSpokenAndHeard(Form form) throws Exception {
    try (GatewayFixture gateway = start(form, config -> { });
        RawSocket ann = gateway.open("ann").subscribe("room.1");
        RawSocket bob = gateway.connect(0).upgrade("/sockjs/websocket").authenticate(gateway.token("bob")).subscribe("room.*")) {
      for (int i = 0; i < 100; i++) {
        ann.send(new JsonObject().put("type", "message").put("topic", "room.1").put("data", i + PAD));
        assertThat(bob.await("message").getString("data")).startsWith(i + "x");
        assertThat(ann.await("message").getJsonObject("metadata").getString("senderId")).isEqualTo("ann");
      }
      gateway.publish("room.1", PAD.repeat(50));
      assertThat(ann.await("message").getString("data")).hasSize(50 * PAD.length());
      assertThat(bob.await("message").getString("data")).hasSize(50 * PAD.length());
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeCodesArriveWithTheirFrames(Form form) throws Exception {
    try (GatewayFixture gateway = start(form, config -> { })) {
      try (RawSocket leaving = gateway.open("ann")) {
        leaving.send("{\"type\":\"leave\"}");
        leaving.expectClose(1000, "normal");
      }
      try (RawSocket stranger = gateway.open()) {
        for (int i = 0; i < 5; i++) {
          stranger.send("{\"type\":\"auth\",\"token\":\"bad\"}");
        }
        stranger.expectClose(4501, "not_authenticated");
      }
      try (RawSocket large = gateway.open("ann")) {
        large.send(header(FIN | TEXT, true, Integer.MAX_VALUE));
        large.expectClose(1009, "too_large");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatReadsNothingIsGoneWithItsMemory(Form form) throws Exception {
    try (GatewayFixture gateway = start(form, config -> {
          config.instances = 1;
          config.outboundBuffer = 256 * 1024;
          config.stallTimeout = Duration.ofSeconds(2);
          config.topic("drop.**", "authenticated", "authenticated", "drop");
        });
        RawSocket lazy = gateway.connect(8 * 1024).upgrade("/ws").authenticate(gateway.token("lazy")).subscribe("drop.**");
        RawSocket reader = gateway.open("reader").subscribe("drop.**")) {
      long started = System.nanoTime();
      for (int i = 0; gateway.gauge("vestibule.connections") == 2; i++) {
        gateway.publish("drop." + i % 7, i + PAD);
        assertThat(reader.text().json().getString("data")).startsWith(i + "x");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(GONE);
      }
      gateway.settle();
      GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      if (KernelSockets.areKnown()) {
        GatewayFixture.until("nor in the kernel", Duration.ofSeconds(2), () -> lazy.otherEnd().isEmpty());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyOfTwoLengthsIsRefused(Form form) throws Exception {
    try (GatewayFixture gateway = start(form, config -> { }); RawSocket socket = gateway.connect(0)) {
      assertThat(socket.request("/", "Content-Length: 5", "Transfer-Encoding: chunked")).startsWith("HTTP/1.1 400");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverSpeaksPlainlyOrTrustsOthersGetsNothing(Form form) throws Exception {
    try (GatewayFixture gateway = start(form, config -> { })) {
      try (RawSocket plain = RawSocket.connect(gateway.port())) {
        assertThat(plain.request("/ws")).doesNotContain("HTTP/1.1");
      }
      try (RawSocket mistrusting = RawSocket.connect(gateway.port())) {
        assertThatThrownBy(() -> mistrusting.encrypted(SSLContext.getDefault())).isInstanceOf(UncheckedIOException.class);
      }
    }
  }
}
