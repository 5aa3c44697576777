package io.vestibule.gateway.presence;

import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import java.util.LinkedHashMap;
import java.util.Map;

/** Frames for watchers, each written once: the last states are kept, because many watchers may come while nothing changes. One thread. */
final class StateFrames {
  private static final int MOST = 64;
  private static final int MOST_BYTES = 8 << 20;

  private final FrameEncoder encoder;
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private int bytes;

  private record Kept(long rev, Buffer frame) {}

  StateFrames(FrameEncoder encoder) {
    this.encoder = encoder;
  }

  /** The frame that says this. */
  Buffer of(PresenceTelling telling) {
    Kept last = kept.get(telling.topic());
    if (last != null && last.rev == telling.rev() && telling instanceof PresenceState) {
      return last.frame;
    }
    Buffer frame = encoder.encode(telling);
    forget(telling.topic());
    // A sample may name others while the count, and so the number, stays the same; it is short.
    if (telling instanceof PresenceState state && !state.sampled()) {
      keep(telling, frame);
    }
    return frame;
  }

  private void keep(PresenceTelling telling, Buffer frame) {
    kept.put(telling.topic(), new Kept(telling.rev(), frame));
    bytes += frame.length();
    while (kept.size() > MOST || bytes > MOST_BYTES) {
      forget(kept.keySet().iterator().next());
    }
  }

  /** What is kept of a topic is old: it may be numbered anew. */
  void forget(String topic) {
    Kept old = kept.remove(topic);
    bytes -= old == null ? 0 : old.frame.length();
  }
}
