package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.LogBounds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is told that something is stored, and subscribes then, begins behind it: whatever the tails of the node have heard by then. */
class ReadYourWritesIT {
  private static final Handler<DeliveryContext<Object>> LOSSY = delivery -> {
    if (!delivery.message().address().equals(Addresses.FAN.name())) {
      delivery.next();
    }
  };

  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> config.durableTopic("durable.**", 1_000));
  private static int topics;

  private final String topic = "durable.w" + ++topics;
  private final List<RawSocket> others = new ArrayList<>();

  @AfterEach
  void allIsWellAgain() {
    others.forEach(RawSocket::close);
    nothingIsLost();
  }

  private static void nothingIsLost() {
    gateway.vertx.eventBus().removeOutboundInterceptor(LOSSY);
  }

  /** From now on no message comes over the bus. */
  private static void lose() {
    gateway.vertx.eventBus().addOutboundInterceptor(LOSSY);
  }

  private JsonObject publish(RawSocket socket, int data) {
    return socket.send(new JsonObject().put("type", "message").put("id", data).put("topic", topic).put("data", data).put("messageId", "m" + data)).await("ack");
  }

  private RawSocket ask(RawSocket socket) {
    return socket.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", topic));
  }

  private void beginsBehind(RawSocket socket, JsonObject acknowledged) {
    begins(ask(socket).await("subscribed"), acknowledged);
  }

  private static void begins(JsonObject subscribed, JsonObject acknowledged) {
    assertThat(subscribed.getString("epoch")).isEqualTo(acknowledged.getString("epoch"));
    assertThat(subscribed.getLong("offset")).isEqualTo(acknowledged.getLong("offset"));
  }

  private static void hears(RawSocket socket, int data) {
    JsonObject frame = socket.await(any -> List.of("message", "gap").contains(any.getString("type")), "what is next");
    assertThat(frame.getInteger("data")).as(frame.encode()).isEqualTo(data);
  }

  private void othersHear(int from, int to) {
    for (int data = from; data <= to; data++) {
      for (RawSocket other : others) {
        hears(other, data);
      }
    }
  }

  /** What somebody publishes is lost on the bus; who asks when that is acknowledged begins behind it, and hears the next one. */
  private void asksBehindWhatIsLost(RawSocket socket, int data) {
    lose();
    beginsBehind(socket, publish(socket, data));
    nothingIsLost();
    publish(socket, data + 1);
    hears(socket, data + 1);
  }

  /** Sockets on both event loops, most probably, all of them subscribed. */
  private void audience(String to) {
    for (int i = 0; i < 6; i++) {
      others.add(gateway.open("a" + i).subscribe(to));
    }
  }

  @Test
  void whereTheTailsHaveNotHeardOfIt() {
    try (RawSocket ann = gateway.open("ann")) {
      publish(ann, 1);
      audience(topic);
      asksBehindWhatIsLost(ann, 2);
      othersHear(2, 3);
    }
  }

  @Test
  void whereTheTailsDoNotKnowThatThereIsALog() {
    try (RawSocket ann = gateway.open("ann")) {
      audience(topic);
      asksBehindWhatIsLost(ann, 1);
      othersHear(1, 2);
    }
  }

  /** Another node has stored it; this one says that it was there already. */
  @Test
  void whereItWasThereAlready() throws Exception {
    try (RawSocket ann = gateway.open("ann")) {
      publish(ann, 1);
      audience(topic);
      byte[] frame = new JsonObject().put("type", "message").put("topic", topic).put("data", 2).encode().getBytes();
      GatewayFixture.await(gateway.log.append(new Append(topic, 7, 1, System.currentTimeMillis(), DurableTopics.newEpoch(), new LogBounds(1_000, 3_600_000, 0),
          List.of(new Append.Draft("ann\nm2", frame)))));
      JsonObject again = publish(ann, 2);
      assertThat(again.getBoolean("duplicate")).isTrue();
      beginsBehind(ann, again);
      publish(ann, 3);
      hears(ann, 3);
    }
  }

  @Test
  void whereTheTailBeganBeforeItBecauseOfAPattern() {
    try (RawSocket ann = gateway.open("ann")) {
      audience("durable.*");
      lose();
      publish(ann, 1);
      asksBehindWhatIsLost(ann, 2);
      othersHear(1, 3);
    }
  }

  private void whereAReadWasUnderWay(RawSocket ann, int data) {
    try (RawSocket bob = gateway.open("bob")) {
      Promise<Void> answers = Promise.promise();
      gateway.log.reads.remove(topic);
      gateway.log.answering = answers.future();
      ask(bob);
      GatewayFixture.until("somebody asks where the log ends", () -> gateway.log.reads.containsKey(topic));
      lose();
      JsonObject acknowledged = publish(ann, data);
      gateway.log.answering = Future.succeededFuture();
      ask(ann).send("{\"type\":\"ping\"}").await("pong");
      answers.complete();
      begins(ann.await("subscribed"), acknowledged);
      assertThat(bob.await("subscribed").getLong("offset")).isEqualTo(data - 1);
      nothingIsLost();
      publish(ann, data + 1);
      hears(ann, data + 1);
      hears(bob, data);
      hears(bob, data + 1);
    }
  }

  @Test
  void whereAReadOfTheEndBeganBeforeIt() {
    try (RawSocket ann = gateway.open("ann")) {
      publish(ann, 1);
      whereAReadWasUnderWay(ann, 2);
    }
  }

  @Test
  void whereAReadThatFoundNoLogBeganBeforeIt() {
    try (RawSocket ann = gateway.open("ann")) {
      whereAReadWasUnderWay(ann, 1);
    }
  }

  /** Who is subscribed already is owed what was acknowledged to him, as everybody is. */
  @Test
  void whoAsksAgainMissesNothing() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic)) {
      lose();
      publish(ann, 1);
      ask(ann).await("subscribed");
      hears(ann, 1);
      publish(ann, 2);
      ask(ann);
      hears(ann, 2);
    }
  }
}
