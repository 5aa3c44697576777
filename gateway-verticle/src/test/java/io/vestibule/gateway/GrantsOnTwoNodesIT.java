package io.vestibule.gateway;

import static io.vestibule.gateway.GrantSteps.gap;
import static io.vestibule.gateway.GrantSteps.granted;
import static io.vestibule.gateway.GrantSteps.hears;
import static io.vestibule.gateway.GrantSteps.isAGap;
import static io.vestibule.gateway.GrantSteps.lacks;
import static io.vestibule.gateway.GrantSteps.recover;
import static io.vestibule.gateway.GrantSteps.recovers;
import static io.vestibule.gateway.RecoverSteps.place;
import static io.vestibule.gateway.RecoverSteps.resume;
import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.bus.Addresses;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a server gave to somebody who comes back on another node: he has what came since it was given, and nothing from before. */
class GrantsOnTwoNodesIT {
  @AutoClose
  @RegisterExtension
  static TwoGateways gateways = TwoGateways.durable();
  private static int topics;

  private final String topic = "secret.t" + ++topics;
  private final String user = "ann" + topics;
  private JsonObject head;

  private JsonObject publish(int from, int to) throws Exception {
    JsonObject answer = null;
    for (int data : IntStream.rangeClosed(from, to).toArray()) {
      answer = GatewayFixture.await(gateways.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", topic).put("data", data), "test"));
    }
    return answer;
  }

  private void grant() throws Exception {
    GatewayFixture.await(gateways.bus.requestJson(Addresses.SUBSCRIBE, new JsonObject().put("userId", user).put("topic", topic), "test"));
  }

  private void awaitSaved(JsonObject success, String part) {
    GatewayFixture.until("the session is saved with " + part, () -> {
      String state = gateways.coordinator.stateOf(success.getString("sessionId"));
      return state != null && state.contains("\"" + topic + "\"") && state.contains(part);
    });
  }

  /** Somebody to whom the topic was given, and the place where, is saved, and who has gone. */
  private JsonObject given() throws Exception {
    JsonObject success;
    try (RawSocket ann = gateways.open(FIRST)) {
      success = gateways.authenticate(ann, user);
      grant();
      head = granted(ann, topic);
      awaitSaved(success, head.getString("epoch") + ":" + head.getLong("offset"));
    }
    awaitGone(success);
    return success;
  }

  /** Until a node knows that somebody has gone, what becomes of the log goes on being his there. */
  private static void awaitGone(JsonObject success) {
    GatewayFixture.until("it is known that he has gone",
        () -> gateways.coordinator.heard(Detach.class).stream().anyMatch(detach -> detach.session().id().equals(success.getString("sessionId"))));
  }

  /** Comes back with a place, and all that is behind it is to come. */
  private void resumesWithAll(RawSocket socket, JsonObject success, JsonObject place) {
    assertThat(resume(socket, success, new JsonObject().put(topic, place)).getJsonObject("recovered").getBoolean(topic)).isTrue();
  }

  /** Comes back with a place, and is told that nothing of what is behind it is to be had up to another one. */
  private JsonObject resumesLacking(RawSocket socket, JsonObject success, JsonObject place, JsonObject upTo) {
    JsonObject answer = resume(socket, success, new JsonObject().put(topic, place));
    assertThat(answer.getJsonArray("restored")).contains(topic);
    assertThat(answer.getJsonObject("recovered").getBoolean(topic)).isFalse();
    isAGap(gap(socket, topic), place, upTo);
    return answer;
  }

  @Test
  void fromItsPlaceOnAllIsRecovered() throws Exception {
    publish(1, 3);
    JsonObject success = given();
    publish(4, 6);
    try (RawSocket ann = gateways.open(SECOND)) {
      resumesWithAll(ann, success, place(head, 3));
      hears(ann, topic, 4, 6);
      publish(7, 7);
      hears(ann, topic, 7, 7);
    }
  }

  @Test
  void fromBeforeItNothingIsThereNorLater() throws Exception {
    publish(1, 3);
    JsonObject success = given();
    publish(4, 5);
    try (RawSocket ann = gateways.open(SECOND)) {
      success = resumesLacking(ann, success, place(head, 0), place(head, 3));
      hears(ann, topic, 4, 5);
      lacks(ann, topic, place(head, 1), place(head, 3));
      hears(ann, topic, 4, 5);
    }
    try (RawSocket ann = gateways.open(FIRST)) {
      success = resume(ann, success, new JsonObject());
      assertThat(success.getJsonObject("recovered").getBoolean(topic)).isFalse();
      assertThat(recover(ann, topic, place(head, 3)).getBoolean("recovered")).as("it came back without a place").isTrue();
      hears(ann, topic, 4, 5);
      assertThat(recover(ann, topic, place(head, 2)).getBoolean("recovered")).isFalse();
    }
  }

  @Test
  void aWaiterWhoComesInLaterIsBoundToo() throws Exception {
    publish(1, 3);
    JsonObject success = given();
    publish(4, 5);
    gateways.coordinator.requeueAway(user);
    try (RawSocket ann = gateways.open(SECOND)) {
      ann.send(new JsonObject().put("type", "reconnect_attempt").put("token", success.getString("resumeToken")).put("offsets", new JsonObject().put(topic, place(head, 1)))).await("queued");
      gateways.coordinator.promote(SECOND, gateways.coordinator.connectionOf(user));
      assertThat(ann.await("reconnect_success").getJsonArray("restored")).contains(topic);
      assertThat(granted(ann, topic).getBoolean("recovered")).isFalse();
      assertThat(gap(ann, topic).getJsonObject("to")).isEqualTo(place(head, 3));
      hears(ann, topic, 4, 5);
      recovers(ann, topic, place(head, 3));
      hears(ann, topic, 4, 5);
    }
  }

  @Test
  void aGrantOfWhichNobodyKnowsTheBeginningBeginsNow() throws Exception {
    publish(1, 3);
    JsonObject success = given();
    publish(4, 5);
    gateways.coordinator.forgetPlaces(true);
    try (RawSocket ann = gateways.open(SECOND)) {
      success = resumesLacking(ann, success, place(head, 1), place(head, 5));
      publish(6, 7);
      hears(ann, topic, 6, 7);
      lacks(ann, topic, place(head, 3), place(head, 5));
      hears(ann, topic, 6, 7);
      gateways.coordinator.forgetPlaces(false);
      awaitSaved(success, head.getString("epoch") + ":5");
    }
    publish(8, 8);
    try (RawSocket ann = gateways.open(FIRST)) {
      resumesWithAll(ann, success, place(head, 7));
      hears(ann, topic, 8, 8);
    }
  }

  @Test
  void whoGoesBeforeItsLogCanBeReadHasItFromWhenHeIsBack() throws Exception {
    publish(1, 3);
    JsonObject success;
    gateways.log.unreadable.set(true);
    try (RawSocket ann = gateways.open(FIRST)) {
      success = gateways.authenticate(ann, user);
      grant();
      awaitSaved(success, "granted");
    }
    awaitGone(success);
    gateways.log.unreadable.set(false);
    JsonObject last = publish(4, 5);
    try (RawSocket ann = gateways.open(SECOND)) {
      success = resumesLacking(ann, success, place(last, 0), place(last, 5));
      publish(6, 6);
      hears(ann, topic, 6, 6);
      lacks(ann, topic, place(last, 0), place(last, 5));
      hears(ann, topic, 6, 6);
    }
  }

  @Test
  void afterAnotherEpochBeganWhileHeWasAwayItBeginsWhereHeIsBack() throws Exception {
    publish(1, 3);
    JsonObject success = given();
    gateways.log.lose();
    JsonObject now = publish(4, 6);
    try (RawSocket ann = gateways.open(SECOND)) {
      success = resumesLacking(ann, success, place(now, 0), place(now, 3));
      publish(7, 7);
      hears(ann, topic, 7, 7);
      awaitSaved(success, now.getString("epoch") + ":3");
    }
    publish(8, 8);
    try (RawSocket ann = gateways.open(FIRST)) {
      resumesWithAll(ann, success, place(now, 4));
      hears(ann, topic, 8, 8);
    }
  }
}
