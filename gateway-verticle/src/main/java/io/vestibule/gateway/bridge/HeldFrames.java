package io.vestibule.gateway.bridge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;

/** What a client of the bridge said while it was not in, in order and bounded. Pings are signs of life and nothing to be kept. */
final class HeldFrames {
  /** As much as anybody may send who is not known yet. */
  static final int MOST_BYTES = 64 << 10;

  /** What a frame takes besides its bytes, about; tens of thousands of empty ones are megabytes. */
  static final int OF_A_FRAME = 128;

  private static final int LONGEST_PING = 64;

  private final ArrayDeque<Buffer> frames = new ArrayDeque<>(0);
  private int bytes;

  /** Whether this is {@code {"type":"ping"}}. */
  static boolean isPing(Buffer frame) {
    try {
      return frame.length() <= LONGEST_PING && "ping".equals(new JsonObject(frame).getValue("type"));
    } catch (DecodeException | ClassCastException noObject) {
      return false;
    }
  }

  /** Whether somebody who waits may have this kept, too. */
  boolean hasRoomFor(Buffer frame) {
    return bytes + frame.length() + OF_A_FRAME <= MOST_BYTES;
  }

  /** Keeps a frame. */
  void add(Buffer frame) {
    bytes += frame.length() + OF_A_FRAME;
    frames.add(frame);
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  /** The oldest, which is not kept any more. */
  Buffer next() {
    Buffer oldest = frames.remove();
    bytes -= oldest.length() + OF_A_FRAME;
    return oldest;
  }

  void clear() {
    frames.clear();
    bytes = 0;
  }
}
