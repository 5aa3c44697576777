package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static io.vestibule.gateway.SessionFrames.auth;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.auth.AuthConfig;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is it: tokens on real sockets, from the first frame to the last second of the token. */
class AuthenticationIT {
  private static final Duration HOUR = Duration.ofHours(1);

  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start(config -> {
    config.authTimeout = Duration.ofMinutes(5);
    config.withoutLeeway();
  });

  @TempDir
  private Path directory;

  private static JsonObject refresh(String token) {
    return new JsonObject().put("type", "refresh").put("token", token).put("id", "r");
  }

  private static JsonObject caps(String... patterns) {
    return new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray(List.of(patterns))));
  }

  @Test
  void authSuccessTellsWhatTheProtocolSays() {
    try (RawSocket socket = gateway.open()) {
      socket.send(auth(gateway.token("ann")).put("id", 17));
      JsonObject success = socket.text().json();
      assertThat(success.getString("type")).isEqualTo("auth_success");
      assertThat(success.getInteger("id")).isEqualTo(17);
      assertThat(success.getString("userId")).isEqualTo("ann");
      assertThat(success.getString("connectionId")).isNotEmpty();
      assertThat(success.getString("sessionId")).isNotEmpty();
      assertThat(success.containsKey("resumeToken")).isTrue();
      assertThat(success.getInstant("expiresAt")).isAfter(Instant.now());
      assertThat(success.getJsonObject("heartbeat")).isEqualTo(new JsonObject().put("intervalMs", 30_000).put("timeoutMs", 60_000));
      assertThat(success.getJsonObject("limits"))
          .isEqualTo(new JsonObject().put("maxMessageBytes", 1 << 20).put("maxSubscriptions", 200).put("messagesPerSecond", 100));
      JsonObject quota = success.getJsonObject("rateLimit");
      assertThat(quota.getInteger("limit")).isEqualTo(200);
      // It fills by one in 10 ms, which the answer may take.
      assertThat(quota.getInteger("remaining")).isBetween(199, 200);
      assertThat(quota.getInteger("window")).isEqualTo(2);
      assertThat(quota.getLong("reset")).isBetween(System.currentTimeMillis() / 1_000 - 60, System.currentTimeMillis() / 1_000 + 5);
      assertThat(success.getInstant("timestamp")).isNotNull();
      JsonObject own = socket.text().json();
      assertThat(own.getString("topic")).isEqualTo("user.ann");
      assertThat(own.getBoolean("auto")).isTrue();
      assertThat(own.containsKey("id")).isFalse();
    }
  }

  @Test
  void theTokenMayComeWithTheUpgrade() {
    for (String way : List.of("header", "query")) {
      try (RawSocket socket = RawSocket.connect(gateway.port())) {
        String token = gateway.token("ann");
        if (way.equals("header")) {
          socket.upgrade("/ws", "Authorization: Bearer " + token);
        } else {
          socket.upgrade("/ws?token=" + token);
        }
        assertThat(socket.text().json().getString("userId")).isEqualTo("ann");
        assertThat(socket.text().type()).isEqualTo("subscribed");
      }
    }
  }

  @Test
  void aBadTokenInTheUpgradeIsAnsweredOnTheSocket() {
    try (RawSocket socket = RawSocket.connect(gateway.port()).upgrade("/ws?token=nonsense")) {
      JsonObject error = socket.text().json();
      assertThat(error.getString("type")).isEqualTo("auth_error");
      assertThat(error.getInteger("code")).isEqualTo(401);
      assertThat(error.getString("reason")).isEqualTo("token_malformed");
      socket.authenticate(gateway.token("ann"));
    }
  }

  @Test
  void framesBehindAuthInOneWriteAreAnsweredInOrder() {
    try (RawSocket socket = gateway.open()) {
      pipelined(socket, gateway.token("ann"));
    }
  }

  @Test
  void framesBehindAuthWaitForASlowAlgorithm() throws Exception {
    KeyPair keys = rsa();
    Path pem = directory.resolve("key.pem");
    Files.writeString(pem, "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n");
    AuthConfig.Jwt none = AuthConfig.Jwt.none();
    var jwt = new AuthConfig.Jwt(TestConfig.SECRET, List.of(), List.of("RS256:" + pem), "", none.jwksRefresh(), "", List.of(), none.leeway(), 0);
    try (GatewayFixture slow = GatewayFixture.start(config -> config.auth = new AuthConfig(jwt, List.of()))) {
      for (int i = 0; i < 20; i++) {
        try (RawSocket socket = slow.open()) {
          pipelined(socket, rs256(keys, "ann"));
        }
      }
    }
  }

  private static void pipelined(RawSocket socket, String token) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(frame(FIN | TEXT, new JsonObject().put("type", "subscribe").put("topic", "early").put("id", 0).encode()));
    all.writeBytes(frame(FIN | TEXT, auth(token).put("id", 1).encode()));
    all.writeBytes(frame(FIN | TEXT, new JsonObject().put("type", "subscribe").put("topic", "news").put("id", 2).encode()));
    for (int i = 0; i < 10; i++) {
      all.writeBytes(frame(FIN | TEXT, new JsonObject().put("type", "message").put("topic", "news").put("data", i).put("id", 3 + i).encode()));
    }
    all.writeBytes(frame(FIN | TEXT, refresh("bad").put("id", 13).encode()));
    all.writeBytes(frame(FIN | TEXT, new JsonObject().put("type", "ping").put("id", 14).encode()));
    socket.send(all.toByteArray());
    assertThat(socket.text().json().getString("reason")).isEqualTo("not_authenticated");
    assertThat(socket.text().type()).isEqualTo("auth_success");
    assertThat(socket.text().json().getBoolean("auto")).isTrue();
    int id = 2;
    int data = 0;
    while (id <= 14 || data < 10) {
      JsonObject next = socket.text().json();
      if (next.getString("type").equals("message")) {
        assertThat(next.getInteger("data")).isEqualTo(data++);
      } else {
        assertThat(next.getInteger("id")).isEqualTo(id++);
      }
    }
  }

  @Test
  void authTwiceIsAConflictAndChangesNothing() {
    try (RawSocket socket = gateway.open("ann")) {
      socket.send(auth(gateway.token("bob")).put("id", "again"));
      JsonObject error = socket.text().json();
      assertThat(error.getInteger("code")).isEqualTo(409);
      assertThat(error.getString("id")).isEqualTo("again");
      socket.send(new JsonObject().put("type", "subscribe").put("topic", "user.bob"));
      assertThat(socket.text().json().getString("reason")).isEqualTo("forbidden_subscribe");
    }
  }

  @Test
  void fiveBadTokensAreEnough() {
    try (RawSocket socket = gateway.open()) {
      for (int i = 0; i < 5; i++) {
        socket.send(auth("bad"));
        assertThat(socket.text().type()).isEqualTo("auth_error");
      }
      socket.expectClose(4501, "not_authenticated");
    }
  }

  @Test
  void whoeverSaysNothingIsSentAway() throws Exception {
    try (GatewayFixture impatient = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(3));
        RawSocket silent = impatient.open(); RawSocket pinging = impatient.open()) {
      pinging.send("{\"type\":\"ping\"}");
      silent.expectClose(4501, "not_authenticated");
      pinging.expectClose(4501, "not_authenticated");
    }
  }

  @Test
  void theQueueMayComeWithTheUpgradeToo() {
    gateway.coordinator.script(command -> null);
    try (RawSocket socket = RawSocket.connect(gateway.port()).upgrade("/ws?queue=sale", "Authorization: Bearer " + gateway.token("ann"))) {
      assertThat(socket.text().type()).isEqualTo("auth_success");
    }
    assertThat(gateway.coordinator.heard(Join.class)).extracting(Join::queue).contains("sale");
  }

  @Test
  void anUnknownQueueIsRefused() {
    try (RawSocket socket = gateway.open()) {
      gateway.coordinator.script(command -> command instanceof Join join && !join.queue().equals("default")
          ? new Refused(ErrorReason.UNKNOWN_QUEUE, 0, 0, 0, Quota.NONE) : null);
      for (String queue : List.of("vip", "", "no queue", "x".repeat(65))) {
        socket.send(auth(gateway.token("ann")).put("queue", queue));
        JsonObject refused = socket.text().json();
        assertThat(refused.getString("type")).isEqualTo("auth_error");
        assertThat(refused.getString("reason")).isEqualTo("unknown_queue");
      }
      socket.send(auth(gateway.token("ann")).put("queue", "default"));
      assertThat(socket.text().type()).isEqualTo("auth_success");
    }
  }

  /** Lets somebody in with a token of six seconds, again where a machine slept over its end: it is told of nothing else then, and a refresh comes too late. */
  private static void withShortToken(BiPredicate<RawSocket, Instant> attempt) {
    GatewayFixture.until("it was before the token's end", () -> {
      try (RawSocket socket = gateway.open()) {
        Instant end = socket.send(auth(gateway.token("ann", new JsonObject(), Duration.ofSeconds(6)))).text().json().getInstant("expiresAt");
        assertThat(socket.text().type()).isEqualTo("subscribed");
        return attempt.test(socket, end);
      }
    });
  }

  /** Whether a token has ended, by the clock too. */
  private static boolean isOver(Instant end, JsonObject heard) {
    return "token_expired".equals(heard.getString("reason")) && !Instant.now().isBefore(end);
  }

  @Test
  void aTokenIsToldOfItsEndAndThenItEnds() {
    withShortToken((socket, end) -> {
      JsonObject expiring = socket.text().json();
      if (isOver(end, expiring)) {
        return false;
      }
      assertThat(expiring.getString("type")).isEqualTo("token_expiring");
      assertThat(expiring.getInstant("expiresAt")).isEqualTo(end).isAfter(expiring.getInstant("timestamp"));
      List<RawSocket.Received> rest = socket.expectClose(4502, "token_expired");
      assertThat(rest).as("it is told once").hasSize(3);
      return true;
    });
  }

  @Test
  void aRefreshInTimeKeepsTheConnection() {
    withShortToken((socket, end) -> {
      JsonObject expiring = socket.text().json();
      JsonObject refreshed = isOver(end, expiring) ? expiring : socket.send(refresh(gateway.token("ann"))).text().json();
      if (isOver(end, refreshed)) {
        return false;
      }
      assertThat(expiring.getString("type")).isEqualTo("token_expiring");
      assertThat(refreshed.getString("type")).isEqualTo("refreshed");
      assertThat(refreshed.getString("id")).isEqualTo("r");
      assertThat(refreshed.getInstant("expiresAt")).isAfter(end.plusSeconds(600));
      GatewayFixture.until("the old token has ended", () -> System.currentTimeMillis() > end.toEpochMilli() + 500);
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
      return true;
    });
  }

  @Test
  void aTokenOfAShortLifeIsNotToldOfItsEndAtOnce() {
    try (RawSocket socket = gateway.open().authenticate(gateway.token("ann", new JsonObject(), Duration.ofSeconds(30)))) {
      long told = System.currentTimeMillis() + 800;
      GatewayFixture.until("some ticks have passed", () -> System.currentTimeMillis() > told);
      socket.send(new JsonObject().put("type", "ping").put("id", 1));
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void aRefreshOfAnotherUserIsRefused() {
    try (RawSocket socket = gateway.open("ann")) {
      socket.send(refresh(gateway.token("bob")));
      JsonObject error = socket.text().json();
      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getString("reason")).isEqualTo("token_other_user");
      assertThat(error.getString("id")).isEqualTo("r");
      socket.subscribe("still.here");
    }
  }

  @Test
  void aRefreshWithNarrowerCapsEndsSubscriptions() {
    try (RawSocket socket = gateway.open("ann").subscribe("a.b").subscribe("a.*").subscribe("c.d")) {
      socket.send(refresh(gateway.token("ann", caps("c.*"), HOUR)));
      assertThat(socket.text().type()).isEqualTo("refreshed");
      assertThat(socket.text().json().getMap()).containsEntry("type", "unsubscribed").containsEntry("topic", "a.b");
      assertThat(socket.text().json().getMap()).containsEntry("type", "unsubscribed").containsEntry("topic", "a.*");
      gateway.publish("a.b", 1);
      gateway.publish("user.ann", 2);
      gateway.publish("c.d", 3);
      assertThat(socket.text().json().getInteger("data")).isEqualTo(2);
      assertThat(socket.text().json().getInteger("data")).isEqualTo(3);
    }
  }

  @Test
  void refreshBeforeAuthIsAnError() {
    try (RawSocket socket = gateway.open()) {
      socket.send(refresh(gateway.token("ann")));
      assertThat(socket.text().json().getInteger("code")).isEqualTo(401);
    }
  }

  @Test
  void aStrangerMayOnlySayWhatTheProtocolLists() {
    try (RawSocket socket = gateway.open()) {
      for (String type : List.of("subscribe", "unsubscribe", "message", "history", "presence", "typing", "rpc", "ack")) {
        socket.send(new JsonObject().put("type", type).put("topic", "a").put("id", type).put("data", 1).put("typing", true).put("offset", 1).put("messageId", "m"));
        JsonObject error = socket.text().json();
        assertThat(error.getInteger("code")).as(type).isEqualTo(401);
        assertThat(error.getString("id")).isEqualTo(type);
      }
      socket.send("{\"type\":\"ping\",\"id\":1}");
      assertThat(socket.text().type()).isEqualTo("pong");
      socket.send("{\"type\":\"health_check\",\"id\":2}");
      assertThat(socket.text().json().getString("node")).isEqualTo("test-node");
      socket.send("{\"type\":\"reconnect_attempt\",\"token\":\"x\",\"id\":3}");
      assertThat(socket.text().json().getString("reason")).isEqualTo("invalid");
      socket.send("{\"type\":\"leave\",\"id\":4}");
      assertThat(socket.text().type()).isEqualTo("left");
      socket.expectClose(1000, "normal");
    }
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static String rs256(KeyPair keys, String user) throws Exception {
    long now = System.currentTimeMillis() / 1_000;
    String input = base64("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + base64(new JsonObject().put("sub", user).put("iat", now).put("exp", now + 3_600).toBuffer().getBytes());
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + base64(signature.sign());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
