package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Very many topics that feeds begin with in one moment are begun some at a time. */
class FeedPaceIT {
  private static final int PEOPLE = 20;
  private static final int TOPICS = 150;
  /** Both event loops have 64 under way; as many again where the machine stops for a second, and they are counted no more. */
  private static final int MOST = 256;

  private final Counting log = new Counting();
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.subscriptions = 2 * TOPICS;
    config.store = (vertx, registry) -> log.over(vertx);
    config.durableTopic("r.**", "anyone", "servers", 3);
  });

  /** Counts the places that are looked up at a time. */
  private static final class Counting {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private volatile Future<Void> held = Future.succeededFuture();
    private TopicLog log;

    TopicLog over(Vertx vertx) {
      log = new MemoryTopicLog(vertx);
      return (TopicLog) Proxy.newProxyInstance(TopicLog.class.getClassLoader(), new Class<?>[] {TopicLog.class}, this::call);
    }

    private Object call(Object proxy, Method method, Object[] args) throws Throwable {
      try {
        Object answer = method.invoke(log, args);
        if (args != null && (args[0] instanceof ReadRequest || args[0] instanceof CursorRead)) {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          return held.compose(free -> (Future<?>) answer).onComplete(done -> now.decrementAndGet());
        }
        return answer;
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }
  }

  /** All of them ask before anybody is answered. */
  private List<RawSocket> open(IntFunction<String> path) {
    List<RawSocket> sockets = IntStream.range(0, PEOPLE).mapToObj(i -> RawSocket.connect(gateway.port())).toList();
    IntStream.range(0, PEOPLE).forEach(i -> sockets.get(i).send(RawSocket.upgradeRequest(path.apply(i))));
    sockets.forEach(socket -> assertThat(socket.readHead()).startsWith("HTTP/1.1 101"));
    return sockets;
  }

  @Test
  void guestsWhoPickVeryManyTopicsAreBroughtAllOfThem() throws Exception {
    List<RawSocket> guests = open(i -> "/events/subscribe?topics=" + IntStream.range(0, TOPICS).mapToObj(t -> "r." + i + "." + t).collect(Collectors.joining(",")));
    GatewayFixture.until("all have begun", () -> gateway.gauge("vestibule.subscriptions") == PEOPLE * TOPICS && log.now.get() == 0);
    assertThat(log.most.get()).isBetween(1, MOST);

    for (int i = 0; i < PEOPLE; i++) {
      GatewayFixture.await(gateway.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "r." + i + "." + (TOPICS - 1)).put("data", i), "test"));
      assertThat(guests.get(i).await("message").getInteger("data")).isEqualTo(i);
      guests.get(i).close();
    }
  }

  /** What is published behind the first word comes, so that has to wait for the log; for a second, where that does not answer. */
  @Test
  void aGuestIsWelcomeWhenItIsKnownWhereItBegins() throws Exception {
    Promise<Void> answers = Promise.promise();
    log.held = answers.future();
    long openedMs = System.currentTimeMillis();
    try (RawSocket guest = RawSocket.connect(gateway.port()).upgrade("/events/subscribe?topics=r.a,r.b,public.a,r.*")) {
      GatewayFixture.until("the log was asked", () -> log.now.get() == 2);
      GatewayFixture.await(gateway.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "public.a").put("data", "early"), "test"));
      long answeredMs = System.currentTimeMillis();
      answers.complete();
      JsonObject first = guest.text().json();
      assertThat(first.getString("type")).isEqualTo("connection");
      assertThat(Instant.parse(first.getString("timestamp")).toEpochMilli()).isGreaterThanOrEqualTo(Math.min(answeredMs, openedMs + 1_000));
      for (String topic : List.of("public.a", "r.a", "r.b", "r.c")) {
        GatewayFixture.await(gateway.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", topic).put("data", "now"), "test"));
        JsonObject event = guest.text().json();
        assertThat(event.getString("topic")).isEqualTo(topic);
        assertThat(event.getString("data")).isEqualTo("now");
      }
    }
  }

  /** A pattern brings it all the same from then on. */
  @Test
  void whatCannotBeReadIsOwedFromTheWelcomeOnByAPattern() throws Exception {
    log.held = Future.failedFuture("as the test wants it");
    try (RawSocket guest = RawSocket.connect(gateway.port()).upgrade("/events/subscribe?topics=r.a,r.*")) {
      assertThat(guest.text().type()).isEqualTo("connection");
      GatewayFixture.await(gateway.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "r.a").put("data", "behind it"), "test"));
      log.held = Future.succeededFuture();
      assertThat(guest.await("message").getString("data")).isEqualTo("behind it");
    }
  }

  /** Logs do not answer, so it stands behind the others for some seconds. */
  @Test
  void aServerMayTakeATopicAwayThatHasNotBegun() throws Exception {
    Promise<Void> answers = Promise.promise();
    log.held = answers.future();
    RawSocket guest = RawSocket.connect(gateway.port());
    guest.send(RawSocket.upgradeRequest("/events/subscribe?topics=" + IntStream.range(0, 2 * TOPICS).mapToObj(t -> "r." + t).collect(Collectors.joining(","))));
    assertThat(guest.readHead()).startsWith("HTTP/1.1 101");
    String last = "r." + (2 * TOPICS - 1);
    JsonObject target = new JsonObject().put("connectionId", guest.text().json().getJsonObject("data").getString("connectionId")).put("topic", last);
    assertThat(GatewayFixture.await(gateway.bus.requestJson(Addresses.UNSUBSCRIBE, target, "test")).getInteger("connections")).isEqualTo(1);
    assertThat(gateway.gauge("vestibule.subscriptions")).as("it has not begun").isLessThan(2 * TOPICS - 1);
    assertThat(guest.await("unsubscribed").getJsonObject("data").getString("topic")).isEqualTo(last);
    answers.complete();
    GatewayFixture.until("the others have begun", () -> gateway.gauge("vestibule.subscriptions") == 2 * TOPICS - 1 && log.now.get() == 0);
    assertThat(GatewayFixture.await(gateway.bus.requestJson(Addresses.UNSUBSCRIBE, target, "test")).getInteger("connections")).isZero();
    guest.close();
  }

  @Test
  void membersOfVeryManyConversationsAreBroughtAllOfThem() throws Exception {
    List<Future<?>> made = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      for (int t = 0; t < TOPICS / 3; t++) {
        made.add(gateway.bus.requestJson(Addresses.MEMBERS_ADD, new JsonObject().put("topic", "conversation." + i + "-" + t).put("users", JsonArray.of("user-" + i)), "test"));
      }
    }
    GatewayFixture.await(Future.all(made));
    // Where a member begins was looked up, too.
    log.most.set(0);
    List<RawSocket> people = open(i -> "/messages/subscribe?token=" + URLEncoder.encode(gateway.token("user-" + i), StandardCharsets.UTF_8));
    for (RawSocket socket : people) {
      Set<String> joined = new TreeSet<>();
      while (joined.size() < TOPICS / 3) {
        joined.add(socket.await("conversation.joined").getJsonObject("data").getString("conversationId"));
      }
      socket.close();
    }
    assertThat(log.most.get()).isBetween(1, MOST);
  }
}
