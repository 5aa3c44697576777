package io.vestibule.gateway.bridge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.limit.ByteBudget;
import java.util.ArrayDeque;
import java.util.Optional;

/** What a client of the bridge said while it was not in, in order and bounded, for the socket and for the node. Pings are signs of life and nothing to be kept. */
final class HeldFrames {
  /** As much as anybody may send who is not known yet. */
  static final int MOST_BYTES = 64 << 10;

  /** What a frame takes besides its bytes, about; tens of thousands of empty ones are megabytes. */
  static final int OF_A_FRAME = 128;

  private static final int LONGEST_PING = 64;

  private final ArrayDeque<Buffer> frames = new ArrayDeque<>(0);
  private final ByteBudget node;
  private long bytes;

  /**
   * Nothing yet.
   *
   * @param node what all sockets of the node hold together
   */
  HeldFrames(ByteBudget node) {
    this.node = node;
  }

  /** Whether this is {@code {"type":"ping"}}. */
  static boolean isPing(Buffer frame) {
    try {
      return frame.length() <= LONGEST_PING && "ping".equals(new JsonObject(frame).getValue("type"));
    } catch (DecodeException | ClassCastException noObject) {
      return false;
    }
  }

  /** Keeps a frame of somebody who waits, or says why not: this socket has its share, or the node has no more to give. */
  Optional<ErrorReason> offer(Buffer frame) {
    if (bytes + size(frame) > MOST_BYTES) {
      return Optional.of(ErrorReason.NOT_AUTHENTICATED);
    }
    if (!node.take(size(frame))) {
      return Optional.of(ErrorReason.UNAVAILABLE);
    }
    keep(frame);
    return Optional.empty();
  }

  /** Keeps a frame of somebody who is in, for a moment. */
  void add(Buffer frame) {
    node.takeAnyway(size(frame));
    keep(frame);
  }

  private void keep(Buffer frame) {
    bytes += size(frame);
    frames.add(frame);
  }

  private static long size(Buffer frame) {
    return frame.length() + OF_A_FRAME;
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  /** The oldest, which is not kept any more. */
  Buffer next() {
    Buffer oldest = frames.remove();
    bytes -= size(oldest);
    node.give(size(oldest));
    return oldest;
  }

  void clear() {
    frames.clear();
    node.give(bytes);
    bytes = 0;
  }
}
