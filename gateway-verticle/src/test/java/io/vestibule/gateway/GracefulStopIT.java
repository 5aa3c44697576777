package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A gateway that goes away says so to everybody, and goes. */
class GracefulStopIT {
  private static final int CONNECTIONS = 1_000;

  @Test
  void everybodyIsToldAndTheGatewayEndsInTime() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.connectionsPerIp = 0;
      config.leaveWithin = Duration.ofSeconds(5);
      // Those who have not said who they are must not have gone before.
      config.authTimeout = Duration.ofMinutes(5);
    })) {
      List<RawSocket> sockets = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        // One in ten has not even said who it is.
        sockets.add(i % 10 == 0 ? gateway.open() : gateway.open("user" + i));
      }
      try (RawSocket silent = gateway.open("silent"); RawSocket half = RawSocket.connect(gateway.port())) {
        Future<Void> stopped = gateway.stop();
        long soonest = Long.MAX_VALUE;
        long latest = 0;
        for (RawSocket socket : sockets) {
          List<RawSocket.Received> goodbye = socket.expectClose(1012, "restarting");
          long retryAfter = ((RawSocket.Text) goodbye.get(goodbye.size() - 3)).json().getLong("retryAfterMs");
          soonest = Math.min(soonest, retryAfter);
          latest = Math.max(latest, retryAfter);
          socket.close();
        }
        assertThat(latest - soonest).as("they do not all come back at once").isGreaterThan(1_000);
        // One does not answer the goodbye, and one never said anything; neither holds the gateway up for ever.
        GatewayFixture.await(stopped);
        half.expectEnd();
        silent.expectEnd();
      }
    }
  }

  @Test
  void whileItGoesNobodyNewComesIn() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(); RawSocket silent = gateway.open("silent")) {
      GatewayFixture.await(gateway.bus.request(Addresses.GATEWAY_COMMAND.at("node-1"), new GatewayCommand.Drain(60_000, false), "flow"));
      try (RawSocket refused = RawSocket.connect(gateway.port())) {
        assertThat(refused.request("/ws")).startsWith("HTTP/1.1 503");
      }
      silent.subscribe("still.served");
    }
  }

  /** What is begun when a time is over, by whatever thread, is to be the gateway's own all the same: else it is stopped last of all, when the node has neither a bus nor anybody who keeps sessions. */
  @Test
  void oneWhoseLogsDidNotAnswerWhenItStartedSaysGoodbyeToo() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.store = (vertx, registry) -> withoutLooks(new MemoryTopicLog(vertx))); RawSocket ann = gateway.open("ann")) {
      Future<Void> stopped = gateway.stop();
      ann.expectClose(1012, "restarting");
      GatewayFixture.await(stopped);
    }
  }

  private static TopicLog withoutLooks(TopicLog log) {
    return (TopicLog) Proxy.newProxyInstance(TopicLog.class.getClassLoader(), new Class<?>[] {TopicLog.class},
        (proxy, method, args) -> method.getName().equals("moved") ? Promise.promise().future() : method.invoke(log, args));
  }
}
