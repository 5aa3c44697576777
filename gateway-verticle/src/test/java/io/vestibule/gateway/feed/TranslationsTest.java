package io.vestibule.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each message is put into other words once, and all that its publisher said stays what it was. */
class TranslationsTest {
  private int translated;
  private final Translations events = new Translations(frame -> {
    translated++;
    return FeedFrames.event(frame);
  });

  private static Buffer message(String data) {
    return Buffer.buffer("{\"type\":\"message\",\"topic\":\"public.a\",\"eventType\":\"x\\\"\\u00e4\",\"data\":" + data
        + ",\"metadata\":{\"senderId\":\"u\"},\"messageId\":\"m\",\"timestamp\":\"t\",\"epoch\":\"e\",\"offset\":7,\"pattern\":\"public.*\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\" ä\\u00e4\\\\ \uD83D\uDC1F,\\\"}\"", "-0.00e+10", "12345678901234567890.5", "{ \"a\" : [ 1 , { } ] , \"type\":\"message\" }", "[]", "true"})
  void anEventIsWhatItsPublisherSaid(String data) {
    assertThat(events.apply(message(data)).toString()).isEqualTo("{\"type\":\"x\\\"\\u00e4\",\"data\":" + data
        + ",\"topic\":\"public.a\",\"epoch\":\"e\",\"offset\":7,\"metadata\":{\"senderId\":\"u\"},\"timestamp\":\"t\"}");
  }

  @Test
  void dataMayBeAsDeepAsItLikes() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    assertThat(events.apply(message(deep)).toString()).contains("\"data\":" + deep + ",");
  }

  @Test
  void whatIsNotThereIsLeftOut() {
    Buffer core = Buffer.buffer("{\"type\":\"message\",\"topic\":\"public.a\",\"data\":1,\"metadata\":{},\"timestamp\":\"t\"}");
    assertThat(events.apply(core).toString()).isEqualTo("{\"type\":\"message\",\"data\":1,\"topic\":\"public.a\",\"timestamp\":\"t\"}");
  }

  @Test
  void whatTheServerSaysIsData() {
    Buffer core = Buffer.buffer("{\"type\":\"closing\",\"id\":1,\"code\":1012,\"reason\":\"restarting\",\"timestamp\":\"t\"}");
    assertThat(FeedFrames.own(FrameMembers.of(core)).toString()).isEqualTo("{\"type\":\"closing\",\"data\":{\"code\":1012,\"reason\":\"restarting\"},\"timestamp\":\"t\"}");
    assertThat(FeedFrames.own(FrameMembers.of(Buffer.buffer("{\"type\":\"pong\",\"timestamp\":\"t\"}"))).toString()).isEqualTo("{\"type\":\"pong\",\"data\":{},\"timestamp\":\"t\"}");
  }

  @Test
  void aFrameIsTranslatedOnceForAllWhoSpeakALanguage() {
    OutboundFrame shared = new OutboundFrame(message("1"));
    UnaryOperator<Buffer> silence = core -> {
      translated++;
      return null;
    };
    assertThat(shared.in(events)).isSameAs(shared.in(events)).isNotSameAs(shared);
    assertThat(shared.in(silence)).isNull();
    assertThat(shared.in(silence)).isNull();
    assertThat(shared.in(events).json()).isEqualTo(events.apply(shared.json()));
    assertThat(translated).isEqualTo(2);
    shared.release();
  }

  @Test
  void thoseWhoComeBackShareWhatIsTranslatedToo() {
    List<Buffer> page = IntStream.range(0, 128).mapToObj(i -> message(Integer.toString(i))).toList();
    for (int one = 0; one < 10; one++) {
      for (Buffer message : page) {
        OutboundFrame alone = new OutboundFrame(message);
        assertThat(new JsonObject(alone.in(events).json()).getInteger("data")).isEqualTo(page.indexOf(message));
        alone.release();
      }
    }
    assertThat(translated).isEqualTo(128);
  }

  @Test
  void whatIsRememberedIsBounded() {
    List<Buffer> kept = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      kept.add(message("1"));
      events.apply(kept.get(i));
    }
    assertThat(events.size()).isEqualTo(512);
    events.apply(message('"' + "x".repeat(480_000) + '"'));
    assertThat(events.size()).isBetween(1, 511);
    events.apply(message('"' + "x".repeat(4_000_000) + '"'));
    assertThat(events.size()).isZero();
  }
}
