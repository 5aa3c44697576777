package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The figures of a feed count who was let in, and what was given to them. */
class FeedFiguresIT {
  private static final String PAD = "x".repeat(20_000);

  private static double counter(GatewayFixture gateway, String name, String feed) {
    return gateway.counter("vestibule.feed." + name, "feed", feed);
  }

  @Test
  void whoIsRefusedIsNotCounted() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connectionsPerIp = 1)) {
      try (RawSocket guest = RawSocket.connect(gateway.port()).upgrade("/events/subscribe")) {
        guest.await("connection");
        for (String path : new String[] {"/events/subscribe", "/messages/subscribe?token=" + gateway.token("ann")}) {
          try (RawSocket oneMore = RawSocket.connect(gateway.port())) {
            assertThat(oneMore.request(path)).startsWith("HTTP/1.1 429");
          }
        }
        assertThat(counter(gateway, "opened", "events")).isEqualTo(1);
        assertThat(counter(gateway, "opened", "messages")).isZero();
      }
      GatewayFixture.until("he is counted out", () -> gateway.registry.get("vestibule.feed.connections").tag("feed", "events").gauge().value() == 0);
      try (RawSocket ann = RawSocket.connect(gateway.port()).upgrade("/messages/subscribe?token=" + gateway.token("ann"))) {
        ann.await("connection");
        assertThat(counter(gateway, "opened", "messages")).isEqualTo(1);
      }
    }
  }

  @Test
  void whatWasKeptBackIsCountedWhenItIsGiven() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.instances = 1;
      config.outboundBuffer = 256 * 1024;
      config.stallTimeout = Duration.ofMinutes(1);
      config.topic("latest.*", "anyone", "servers", "conflate");
    }); RawSocket lazy = RawSocket.connect(gateway.port(), 8 * 1024).upgrade("/events/subscribe?topics=latest.*")) {
      lazy.await("connection");
      int published = 0;
      while (gateway.counter("vestibule.messages.slow", "policy", "conflate") < 20) {
        gateway.publish("latest." + published % 5, published + PAD);
        gateway.settle();
        published++;
      }
      int got = 0;
      int last = -1;
      while (last != published - 1) {
        last = Integer.parseInt(lazy.await("message").getString("data").replace("x", ""));
        got++;
      }
      assertThat(got).isLessThan(published);
      int given = got;
      GatewayFixture.until("all that came is counted", () -> counter(gateway, "delivered", "events") == given);
    }
  }
}
