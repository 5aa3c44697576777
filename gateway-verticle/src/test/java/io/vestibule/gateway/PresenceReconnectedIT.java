package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.ReturnNotice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** That somebody has come back, told to those who watch; on real sockets of two event loops. That somebody hears nothing is seen by a message, which comes behind what was told before. */
class PresenceReconnectedIT {
  private static final String ROOM = "back.1";
  private static final String QUIET = "quiet.1";
  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.returnTopic("back.**");
  });

  private static RawSocket watch(RawSocket socket, String topic) {
    socket.send(new JsonObject().put("type", "subscribe").put("topic", topic).put("presence", true)).await("presence_state");
    return socket;
  }

  /** How often it has heard of a return until a message comes. */
  private static List<String> returnsUntil(RawSocket socket, String word) {
    var returns = new ArrayList<String>();
    for (JsonObject frame = next(socket); !word.equals(frame.getValue("data")); frame = next(socket)) {
      if (frame.getString("type").equals("reconnected")) {
        frame.remove("timestamp");
        assertThat(frame.fieldNames()).containsExactlyInAnyOrder("type", "topic", "userId");
        returns.add(frame.getString("topic") + " " + frame.getString("userId"));
      }
    }
    return returns;
  }

  private static JsonObject next(RawSocket socket) {
    return socket.await(frame -> true, "a frame");
  }

  @Test
  void whoWatchesHearsOnceOfAReturn() {
    try (RawSocket ben = watch(watch(gateway.open("ben"), ROOM), QUIET); RawSocket cid = gateway.open("cid").subscribe(ROOM); RawSocket second = watch(gateway.open("ann"), ROOM)) {
      JsonObject in;
      try (RawSocket ann = gateway.open()) {
        in = SessionFrames.enter(ann, gateway.token("ann"));
        watch(watch(ann, ROOM), QUIET);
        SessionFrames.awaitSaved(gateway, in, ROOM, QUIET);
      }
      try (RawSocket ann = gateway.open()) {
        ann.send(SessionFrames.reconnect(in.getString("resumeToken"))).await("reconnect_success");
        ben.await("reconnected");
        second.await("reconnected");
        ann.send(new JsonObject().put("type", "message").put("topic", ROOM).put("data", "end"));
        assertThat(returnsUntil(ben, "end")).as("once, and of the topic whose rule says so").isEmpty();
        assertThat(returnsUntil(second, "end")).isEmpty();
        assertThat(returnsUntil(cid, "end")).as("who does not watch").isEmpty();
        assertThat(returnsUntil(ann, "end")).as("who has come back").isEmpty();
      }
      try (RawSocket anew = gateway.open("ann").subscribe(ROOM)) {
        anew.send(new JsonObject().put("type", "message").put("topic", ROOM).put("data", "anew"));
        assertThat(returnsUntil(ben, "anew")).as("who comes with a JWT has not come back").isEmpty();
      }
    }
  }

  @Test
  void whatAnotherNodeTellsIsHeard() {
    try (RawSocket ben = watch(gateway.open("ben"), ROOM)) {
      gateway.bus.publish(Addresses.PRESENCE_RETURNED, new ReturnNotice("far", "of-another-node", List.of("nobody.watches", ROOM)), null);
      JsonObject frame = ben.await("reconnected");
      assertThat(frame.getString("userId")).isEqualTo("far");
      assertThat(frame.getString("topic")).isEqualTo(ROOM);
    }
  }
}
