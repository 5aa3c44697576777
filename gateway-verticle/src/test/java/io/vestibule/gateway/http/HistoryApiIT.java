package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.http.TestServer.Reply;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing to durable topics and reading them, over real HTTP. */
class HistoryApiIT {
  @AutoClose
  private final TestServer server = new TestServer(new TestServer.Options());

  private Reply publish(String data, String key) {
    Map<String, String> headers = key == null ? Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "application/json")
        : Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "application/json", "Idempotency-Key", key);
    return server.send(HttpMethod.POST, "/api/publish", headers, new JsonObject().put("topic", "durable.a").put("data", data).encode());
  }

  private Reply get(String path) {
    return server.send(HttpMethod.GET, "/api/history/" + path, Map.of("X-API-Key", TestServer.API_KEY), null);
  }

  @Test
  void aRetryGetsTheFirstAnswer() {
    JsonObject first = publish("a", "key-1").body();
    assertThat(first.getLong("offset")).isEqualTo(1);
    assertThat(first.getString("epoch")).isNotEmpty();
    assertThat(publish("a", "key-1").body()).isEqualTo(first.copy().put("duplicate", true));
    assertThat(publish("a", null).body().getLong("offset")).isEqualTo(2);
    TestServer.eventually(() -> server.published.size() == 2);
    assertThat(publish("a", "k".repeat(257)).reason()).isEqualTo("invalid_value");
  }

  @Test
  void aRetryOfABroadcastIsPublishedOnce() {
    Map<String, String> headers = Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "application/json", "Idempotency-Key", "key-1");
    for (int time = 0; time < 2; time++) {
      Reply reply = server.send(HttpMethod.POST, "/api/broadcast", headers, "{\"topics\":[\"durable.a\",\"durable.b\"],\"data\":1}");
      assertThat(reply.body()).isEqualTo(new JsonObject("{\"published\":2,\"failed\":[]}"));
    }
    assertThat(get("durable.a").body().getJsonArray("messages")).hasSize(1);
    assertThat(get("durable.b").body().getJsonArray("messages")).hasSize(1);
  }

  @Test
  void pagesFollowEachOther() {
    for (String data : new String[] {"a", "b", "c"}) {
      publish(data, null);
    }
    JsonObject page = get("durable.a?limit=2").body();
    assertThat(page.getJsonArray("messages").getJsonObject(1).getString("data")).isEqualTo("b");
    assertThat(page.getBoolean("hasMore")).isTrue();
    JsonObject rest = get("durable.a?since=" + page.getString("epoch") + ":2").body();
    assertThat(rest.getJsonArray("messages")).hasSize(1);
    assertThat(rest.getJsonArray("messages").getJsonObject(0).getString("data")).isEqualTo("c");
    assertThat(rest.getBoolean("hasMore")).isFalse();
    assertThat(get("durable.a?reverse=true&limit=1").body().getJsonArray("messages").getJsonObject(0).getString("data")).isEqualTo("c");
    assertThat(get("durable.a?since=" + page.getString("epoch") + ":4503599627370496").body().getJsonArray("messages")).as("the furthest offset that may be asked for").isEmpty();
    assertThat(get("durable.empty").body()).isEqualTo(new JsonObject("{\"topic\":\"durable.empty\",\"epoch\":null,\"messages\":[],\"hasMore\":false}"));
  }

  @ParameterizedTest
  @CsvSource({
      "durable.a?limit=0,            400, invalid_value",
      "durable.a?limit=1001,         400, invalid_value",
      "durable.a?since=7,            400, invalid_value",
      "durable.a?since=a:b,          400, invalid_value",
      "durable.a?since=a:-1,         400, invalid_value",
      "durable.a?since=a:4503599627370497, 400, invalid_value",
      "durable.a?reverse=yes,        400, invalid_value",
      "durable.a?before=1,           400, unknown_field",
      "durable.a?limit=1&limit=2,    400, duplicate_key",
      "durable.*,                    400, wildcard_in_publish",
      "room.a,                       400, not_durable"})
  void whatCannotBeReadIsRefused(String path, int status, String reason) {
    Reply refused = get(path);
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.reason()).isEqualTo(reason);
  }

  @Test
  void aTokenReadsWhatItLeaves() {
    publish("a", null);
    String path = "/api/history/durable.a";
    assertThat(server.send(HttpMethod.GET, path, Map.of(), null).status()).isEqualTo(401);
    assertThat(server.send(HttpMethod.GET, path, bearer("{\"api\":[\"publish\"]}"), null).reason()).isEqualTo("forbidden_call");
    assertThat(server.send(HttpMethod.GET, path, bearer("{\"api\":[\"history\"],\"subscribe\":[\"other.**\"]}"), null).reason()).isEqualTo("forbidden_subscribe");
    assertThat(server.send(HttpMethod.GET, path, bearer("{\"api\":[\"history\"]}"), null).status()).isEqualTo(200);
  }

  private Map<String, String> bearer(String claims) {
    return Map.of("Authorization", "Bearer " + server.token("ada", new JsonObject("{\"caps\":" + claims + "}")));
  }
}
