package io.vestibule.gateway.api;

import static io.vestibule.gateway.http.TestServer.await;
import static io.vestibule.gateway.http.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.gateway.http.TestServer;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BusApiIT {
  @AutoClose
  private static TestServer server = new TestServer(new TestServer.Options());

  @BeforeEach
  void forget() {
    server.forget();
  }

  private static JsonObject ask(JsonAddress address, JsonObject body) {
    return await(server.bus.requestJson(address, body, null));
  }

  private static Failure failure(JsonAddress address, JsonObject body) {
    return (Failure) await(server.bus.requestJson(address, body, null).map(answer -> (Throwable) new AssertionError(answer.encode())).otherwise(thrown -> thrown));
  }

  private static long timed(String outcome) {
    return server.registry.get("vestibule.api.calls").tags("call", "publish", "way", "bus", "outcome", outcome).timer().count();
  }

  @Test
  void anyVerticlePublishes() {
    JsonObject answer = ask(Addresses.PUBLISH, new JsonObject().put("topic", "user.ada").put("data", new JsonObject().put("at", Instant.EPOCH)));

    assertThat(answer).isEqualTo(new JsonObject().put("topic", "user.ada"));
    assertThat(timed("2xx")).isPositive();
    eventually(() -> server.published.size() == 1);
    assertThat(new JsonObject(server.published.get(0).frame()).getJsonObject("data").getString("at")).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void theOtherCallsToo() {
    assertThat(ask(Addresses.BROADCAST, new JsonObject().put("topics", new JsonArray().add("a").add("b")).put("data", 1)).getInteger("published")).isEqualTo(2);
    assertThat(ask(Addresses.DISCONNECT, new JsonObject().put("userId", "u")).getInteger("connections")).isEqualTo(2);
    assertThat(ask(Addresses.SUBSCRIBE, new JsonObject().put("connectionId", "c").put("topic", "t")).getInteger("connections")).isEqualTo(1);
    assertThat(ask(Addresses.UNSUBSCRIBE, new JsonObject().put("userId", "u").put("topic", "t")).getInteger("nodes")).isEqualTo(1);
    JsonArray commands = new JsonArray().add(new JsonObject().put("disconnect", new JsonObject().put("userId", "u")));
    assertThat(ask(Addresses.BATCH, new JsonObject().put("commands", commands)).getJsonArray("results").getJsonObject(0).getBoolean("ok")).isTrue();
    assertThat(server.commands).hasSize(4).contains(new GatewayCommand.Unsubscribe(new Target("u", null), "t"));
  }

  @Test
  void aMalformedBodyIsAnsweredAsOverHttp() {
    Failure failure = failure(Addresses.PUBLISH, new JsonObject().put("topic", "a").put("data", 1).put("extra", true));
    assertThat(failure.reason()).isEqualTo(ErrorReason.UNKNOWN_FIELD);
    assertThat(failure.details()).containsEntry("field", "extra");
    long before = timed("4xx");
    assertThat(failure(Addresses.PUBLISH, new JsonObject().put("topic", "vestibule.a").put("data", 1)).reason()).isEqualTo(ErrorReason.FORBIDDEN_PUBLISH);
    assertThat(failure(Addresses.PUBLISH, new JsonObject()).reason()).isEqualTo(ErrorReason.MISSING_FIELD);
    assertThat(timed("4xx") - before).as("refused and malformed calls are timed too").isEqualTo(2);
  }

  @Test
  void whatIsNoJsonObjectIsRefused() {
    Throwable thrown = await(server.vertx.eventBus().request(Addresses.PUBLISH.name(), "text").map(answer -> (Throwable) null).otherwise(t -> t));
    assertThat(((ReplyException) thrown).failureCode()).isEqualTo(400);
    assertThat(thrown.getMessage()).contains("wrong_type");
  }
}
