package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.Position;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final int MAX_DEPTH = 64;

  private final FrameDecoder decoder = new FrameDecoder(MAX_DEPTH);

  private ClientFrame decode(String frame) {
    try {
      return decoder.decode(frame.getBytes(StandardCharsets.UTF_8));
    } catch (FrameFailure e) {
      throw new AssertionError(e.failure().reason() + " " + e.getMessage(), e);
    }
  }

  private FrameFailure refused(String frame) {
    return refused(frame.getBytes(StandardCharsets.UTF_8));
  }

  private FrameFailure refused(byte[] frame) {
    FrameFailure failure = catchThrowableOfType(FrameFailure.class, () -> decoder.decode(frame));
    assertThat(failure).isNotNull();
    return failure;
  }

  private static ClientFrame.Message message(String data, String metadata) {
    return new ClientFrame.Message(null, "a.b", buffer(data), null, buffer(metadata), null, true);
  }

  private static Buffer buffer(String text) {
    return text == null ? null : Buffer.buffer(text);
  }

  static List<BadFrames.BadFrame> badFrames() {
    return BadFrames.all();
  }

  @ParameterizedTest
  @MethodSource("badFrames")
  void theCorpusIsRefused(BadFrames.BadFrame bad) {
    FrameFailure failure = refused(bad.bytes());
    assertThat(failure.failure().reason().slug()).isEqualTo(bad.slug());
    assertThat(failure.failure().details().get("field")).isEqualTo(bad.field());
    assertThat(failure.getMessage()).as("nothing of the parser's").doesNotContain("StreamReadConstraints", "com.fasterxml", "JsonParser")
        .hasSizeLessThan(200);
    assertThat(decode("{\"type\":\"ping\"}")).as("and leaves no trace").isEqualTo(new ClientFrame.Ping(null));
  }

  @Test
  void everyTypeIsRead() {
    assertThat(decode("{\"type\":\"auth\",\"token\":\"t\",\"queue\":\"q\",\"device\":\"d\",\"id\":1}"))
        .isEqualTo(new ClientFrame.Auth("1", "t", "q", "d"));
    assertThat(decode("{\"type\":\"auth\",\"token\":\"\"}")).isEqualTo(new ClientFrame.Auth(null, "", null, null));
    assertThat(decode("{\"type\":\"refresh\",\"token\":\"t\"}")).isEqualTo(new ClientFrame.Refresh(null, "t"));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a\",\"presence\":true,\"recover\":{\"offset\":3,\"x\":[1],\"epoch\":\"z\"}}"))
        .isEqualTo(new ClientFrame.Subscribe(null, "a", true, new Position(35, 3)));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a.*\",\"recover\":{\"topics\":{\"a.b\":{\"epoch\":\"z\",\"offset\":3}},\"x\":0,\"at\":\"1970-01-01T01:00:01.5+01:00\"}}"))
        .isEqualTo(new ClientFrame.Subscribe(null, "a.*", false, null, new ClientFrame.Since(Map.of("a.b", new Position(35, 3)), 1_500), false, false));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a.*\",\"recover\":null}")).isEqualTo(new ClientFrame.Subscribe(null, "a.*", false, null));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a.*\",\"recover\":false}")).isEqualTo(new ClientFrame.Subscribe(null, "a.*", false, null));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a.*\"}")).isEqualTo(new ClientFrame.Subscribe(null, "a.*", false, null, null, false, false));
    assertThat(decode("{\"type\":\"subscribe\",\"topic\":\"a\",\"join\":true}")).isEqualTo(new ClientFrame.Subscribe(null, "a", false, null, null, false, true));
    assertThat(decode("{\"type\":\"unsubscribe\",\"topic\":\"a\",\"leave\":true}")).isEqualTo(new ClientFrame.Unsubscribe(null, "a", true));
    assertThat(decode("{\"type\":\"unsubscribe\",\"topic\":\"a\"}")).isEqualTo(new ClientFrame.Unsubscribe(null, "a", false));
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":null}")).isEqualTo(message("null", null));
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":1,\"eventType\":\"e\",\"metadata\":{\"k\":2},\"messageId\":\"m\",\"echo\":false,"
        + "\"id\":\"i\"}")).isEqualTo(new ClientFrame.Message("\"i\"", "a.b", buffer("1"), "e", buffer("{\"k\":2}"), "m", false));
    assertThat(decode("{\"type\":\"reconnect_attempt\",\"token\":\"t\"}")).isEqualTo(new ClientFrame.Reconnect(null, "t", Map.of()));
    assertThat(decode("{\"type\":\"reconnect_attempt\",\"token\":\"t\",\"offsets\":{\"a\":{\"epoch\":\"z\",\"offset\":3},\"b\":{\"offset\":0,\"epoch\":\"?\"}}}"))
        .isEqualTo(new ClientFrame.Reconnect(null, "t", Map.of("a", new Position(35, 3), "b", new Position(-1, 0))));
    assertThat(decode("{\"type\":\"typing\",\"topic\":\"a\",\"typing\":true}")).isEqualTo(new ClientFrame.Typing(null, "a", true));
    assertThat(decode("{\"typing\":false,\"id\":1,\"topic\":\"a\",\"type\":\"typing\"}")).isEqualTo(new ClientFrame.Typing("1", "a", false));
    assertThat(decode("{\"type\":\"presence\",\"topic\":\"a\",\"id\":2}")).isEqualTo(new ClientFrame.Presence("2", "a"));
    assertThat(decode("{\"type\":\"presence_update\",\"status\":\"s\",\"data\": {\"a\" : [1]} }")).isEqualTo(new ClientFrame.PresenceUpdate(null, "s", buffer("{\"a\" : [1]}")));
    assertThat(decode("{\"type\":\"presence_update\",\"status\":\"s\",\"data\":null}")).isEqualTo(new ClientFrame.PresenceUpdate(null, "s", null));
    assertThat(decode("{\"type\":\"ping\"}")).isEqualTo(new ClientFrame.Ping(null));
    assertThat(decode("{\"type\":\"health_check\"}")).isEqualTo(new ClientFrame.HealthCheck(null));
    assertThat(decode("{\"type\":\"leave\"}")).isEqualTo(new ClientFrame.Leave(null));
    assertThat(decode("{\"type\":\"history\",\"topic\":\"a\"}")).isEqualTo(new ClientFrame.ReadHistory(null, new History.Query("a", null, 100, false)));
    assertThat(decode("{\"type\":\"history\",\"topic\":\"a\",\"since\":{\"x\":[1],\"offset\":7,\"epoch\":\"z\"},\"limit\":5,\"reverse\":true,\"id\":1}"))
        .isEqualTo(new ClientFrame.ReadHistory("1", new History.Query("a", new Position(35, 7), 5, true)));
    assertThat(decode("{\"type\":\"history\",\"topic\":\"a\",\"since\":null,\"limit\":null,\"reverse\":null}"))
        .as("nothing stays of the frame before").isEqualTo(new ClientFrame.ReadHistory(null, new History.Query("a", null, 100, false)));
    assertThat(decode("{\"type\":\"ack\",\"topic\":\"a\",\"offset\":7,\"epoch\":\"z\"}")).isEqualTo(new ClientFrame.Ack(null, "a", 7, "z", false));
    assertThat(decode("{\"type\":\"ack\",\"topic\":\"a\",\"offset\":0,\"id\":3}")).isEqualTo(new ClientFrame.Ack("3", "a", 0, null, false));
    assertThat(decode("{\"type\":\"ack\",\"topic\":\"a\",\"offset\":0,\"read\":true}")).isEqualTo(new ClientFrame.Ack(null, "a", 0, null, true));
    assertThat(decode("{\"type\":\"rpc\",\"id\":3}")).isEqualTo(new ClientFrame.Unserved("3", "rpc"));
  }

  @Test
  void fieldsComeInAnyOrderAndUnknownOnesAreIgnored() {
    assertThat(decode(" \t\r\n{ \"data\" : [ 1 , {\"type\":\"x\"} ] ,\"x\":{\"topic\":1},\"topic\":\"a.b\",\"y\":[[]],\"type\":\"message\"} \n"))
        .isEqualTo(message("[ 1 , {\"type\":\"x\"} ]", null));
    assertThat(decode("{\"type\":\"ping\",\"topic\":7,\"token\":[],\"echo\":\"no\"}")).as("of another frame type").isEqualTo(new ClientFrame.Ping(null));
    assertThat(decode("{\"type\":\"ping\",\"x\":1,\"x\":2}")).as("unknown twice").isEqualTo(new ClientFrame.Ping(null));
    assertThat(decode("{\"ty\\u0070e\":\"p\\u0069ng\"}")).as("escaped").isEqualTo(new ClientFrame.Ping(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "0", "-0", "1.50", "1e2", "1E+400", "12345678901234567890123456789", "\"\"", "\"\\u00fc\\/\"", "\"ü😀\"", "\"\\ud800\"",
      "\"\\ud83d\\ude00\"", "[]", "{}", "[ ]", "{ \"a\" : [ ] }", "{\"a\":1,\"a\":2}", "\"\u007f\"", "{\"\":0}", "{\"senderId\":\"x\"}"})
  void dataPassesAsItStands(String data) {
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":" + data + "}")).isEqualTo(message(data, null));
    assertThat(decode("{\"data\": " + data + " ,\"type\":\"message\",\"topic\":\"a.b\"}")).isEqualTo(message(data, null));
  }

  @Test
  void longTextsAndNamesPass() {
    for (int length : new int[] {300, 5_000, 100_000, 1_000_000}) {
      String data = "{\"" + "n".repeat(length / 2) + "\":\"" + "ü".repeat(length / 4) + "\"}";
      assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":" + data + "}")).isEqualTo(message(data, null));
      assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":1,\"metadata\":" + data + "}")).isEqualTo(message("1", data));
    }
  }

  @Test
  void theDeepestThatIsPermittedPasses() {
    String data = "[".repeat(MAX_DEPTH - 1) + "]".repeat(MAX_DEPTH - 1);
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":" + data + "}")).isEqualTo(message(data, null));
    assertThat(refused("{\"type\":\"message\",\"data\":[" + data + "]}").failure().details()).containsEntry("limit", MAX_DEPTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"senderId\":\"eve\"}", "{ \"senderId\" : {\"a\":[1,2]} }", "{\"sender\\u0049d\":\"eve\"}", "{\"\\u0073enderId\":null}",
      "{\"\\u0073\\u0065\\u006e\\u0064\\u0065\\u0072\\u0049\\u0064\":1}", "{\"senderId\":1,\"senderId\":2,\"sender\\u0049d\":3}"})
  void aForgedSenderIsTakenOut(String metadata) {
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":1,\"metadata\":" + metadata + "}")).isEqualTo(message("1", "{}"));
  }

  @Test
  void theRestOfTheMetadataStays() {
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":1,\"metadata\":{\"a\" : 1, \"senderId\":\"eve\" ,\"b\":{\"senderId\":2}, \"SenderId\":3,"
        + "\"sender\\\\u0049d\":4,\"senderId \":5 }}"))
        .isEqualTo(message("1", "{\"a\" : 1,\"b\":{\"senderId\":2},\"SenderId\":3,\"sender\\\\u0049d\":4,\"senderId \":5}"));
    assertThat(decode("{\"type\":\"message\",\"topic\":\"a.b\",\"data\":1,\"metadata\":null}")).isEqualTo(message("1", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "1e400", "\"\"", "\"a\\\"b\"", "\"\\u0041\"", "\"ü\"", "\"\\ud800\"", "123456789012345678901234567890"})
  void theIdIsKeptAsItCame(String id) {
    assertThat(decode("{\"type\":\"ping\",\"id\":" + id + "}")).isEqualTo(new ClientFrame.Ping(id));
    assertThat(decode("{\"id\" : " + id + " , \"type\":\"ping\"}")).isEqualTo(new ClientFrame.Ping(id));
  }

  @Test
  void aNullIdIsNone() {
    assertThat(decode("{\"type\":\"ping\",\"id\":null}")).isEqualTo(new ClientFrame.Ping(null));
  }

  @Test
  void aRefusalSaysWhatItIsAbout() {
    FrameFailure failure = refused("{\"id\":7,\"topic\":\"a\",\"messageId\":\"m\",\"type\":\"message\",\"data\":1,\"echo\":1}");
    assertThat(failure.failure().reason()).isEqualTo(ErrorReason.WRONG_TYPE);
    assertThat(failure.id()).isEqualTo("7");
    assertThat(failure.topic()).isEqualTo("a");
    assertThat(failure.messageId()).isEqualTo("m");
    assertThat(refused("{\"id\":7,\"type\":").id()).as("what was read before the end").isEqualTo("7");
    assertThat(refused("{\"id\":\"seven").id()).isNull();
    assertThat(refused("{\"id\":{},\"type\":\"ping\"}").id()).isNull();
    assertThat(refused("{\"id\":\"" + "x".repeat(1_000) + "\",\"type\":\"ping\"}").id()).as("too long to send back").isNull();
  }

  @Test
  void textIsTextOnlyIfItIsUtf8() {
    assertThat(FrameDecoder.isText("ü😀\u0000".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(FrameDecoder.isText(new byte[0])).isTrue();
    for (int[] bad : new int[][] {{0xC0, 0x80}, {0xC1, 0xBF}, {0xE0, 0x80, 0x80}, {0xED, 0xA0, 0x80}, {0xF0, 0x80, 0x80, 0x80}, {0xF4, 0x90, 0x80, 0x80},
        {0xF5, 0x80, 0x80, 0x80}, {0x80}, {0xFF}, {0xE2, 0x82}, {'a', 0xE2, 'b'}}) {
      byte[] bytes = new byte[bad.length];
      for (int i = 0; i < bad.length; i++) {
        bytes[i] = (byte) bad[i];
      }
      assertThat(FrameDecoder.isText(bytes)).isFalse();
    }
  }
}
