package io.vestibule.gateway.feed;

import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A language of an event loop that remembers what it translated last: when many come back to a topic, each is given the same messages of its log in a turn of its own, and none of these is translated twice.
 * A frame is known by its identity. One thread.
 */
final class Translations implements UnaryOperator<Buffer> {
  private static final int MOST = 512;
  private static final long MOST_BYTES = 1 << 20;

  private final Function<FrameMembers, Buffer> language;
  private final Map<Known, Buffer> known = new LinkedHashMap<>();
  private long bytes;

  /** A frame, which never changes; two that say the same are two. */
  private record Known(Buffer frame) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Known that && frame == that.frame;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(frame);
    }
  }

  /**
   * A language.
   *
   * @param language gives null for what it has no words for
   */
  Translations(Function<FrameMembers, Buffer> language) {
    this.language = language;
  }

  @Override
  public Buffer apply(Buffer core) {
    Known frame = new Known(core);
    Buffer words = known.get(frame);
    if (words == null) {
      words = language.apply(FrameMembers.of(core));
      if (words != null) {
        keep(frame, words);
      }
    }
    return words;
  }

  private void keep(Known frame, Buffer words) {
    known.put(frame, words);
    bytes += frame.frame.length() + words.length();
    for (Iterator<Map.Entry<Known, Buffer>> oldest = known.entrySet().iterator(); known.size() > MOST || bytes > MOST_BYTES; ) {
      Map.Entry<Known, Buffer> gone = oldest.next();
      bytes -= gone.getKey().frame.length() + gone.getValue().length();
      oldest.remove();
    }
  }

  /** How many are remembered. */
  int size() {
    return known.size();
  }
}
