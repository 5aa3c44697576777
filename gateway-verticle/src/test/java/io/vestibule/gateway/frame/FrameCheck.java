package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** What holds whatever bytes come: reading them ends soon in a frame or in a {@link FrameFailure}, and what is sent back of them is JSON. */
final class FrameCheck {
  private static final int MAX_DEPTH = 64;

  /** Generous, because the machine may be busy with other things. */
  private static final Duration SLOWEST = Duration.ofSeconds(10);

  private final FrameDecoder decoder = new FrameDecoder(MAX_DEPTH);
  private final FrameEncoder encoder = new FrameEncoder(() -> 0);

  /** Reads the input as a connection does, and tells whether it was a frame. */
  boolean check(byte[] input) {
    // Also what is not UTF-8, which a connection would not hand over: the decoder must not depend on it.
    FrameDecoder.isText(input);
    long started = System.nanoTime();
    boolean frame;
    try {
      ClientFrame read = decoder.decode(input);
      assertThat(read).isNotNull();
      frame = true;
      if (FrameDecoder.isText(input)) {
        isJson(read.id());
        if (read instanceof ClientFrame.Message message) {
          isJson(message.data().toString());
          JsonObject metadata = message.metadata() == null ? new JsonObject() : new JsonObject(message.metadata());
          assertThat(metadata.fieldNames()).doesNotContain("senderId");
        }
      }
    } catch (FrameFailure failure) {
      frame = false;
      if (FrameDecoder.isText(input)) {
        new JsonObject(encoder.encode(new ServerFrame.Error(failure.id(), failure.failure(), failure.topic(), failure.messageId())));
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SLOWEST);
    return frame;
  }

  private static void isJson(String text) {
    if (text != null) {
      new JsonObject("{\"v\":" + text + "}");
    }
  }
}
