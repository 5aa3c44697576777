package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What waits for a socket's next flush: one frame, or several behind each other. Sockets that get the same messages wait for the same frames, so they share their runs: the
 * first of them makes the run and its bytes, the others only follow a reference. A delivery within the flush delay thus costs a comparison, and a flush one
 * write of one buffer, however many messages it carries. Used on one event loop; freed when its last socket has flushed it or moved on to a longer one.
 */
final class FrameRun {
  private final FrameRun before;
  private final OutboundFrame last;
  private final int bytes;
  private FrameRun longer;
  private ByteBuf joined;
  private int users;

  private FrameRun(FrameRun before, OutboundFrame last) {
    this.before = before;
    this.last = last;
    this.bytes = last.webSocketLength() + (before == null ? 0 : before.bytes);
    last.retain();
    if (before != null) {
      before.users++;
    }
  }

  /** The run of one frame, taken by one more socket. */
  static FrameRun of(OutboundFrame frame) {
    FrameRun run = frame.alone();
    if (run == null) {
      run = new FrameRun(null, frame);
      frame.alone(run);
    }
    run.users++;
    return run;
  }

  /** A socket gives up this run for the one that has one frame more. */
  FrameRun then(OutboundFrame frame) {
    FrameRun next = longer;
    if (next == null || next.last != frame) {
      next = new FrameRun(this, frame);
      longer = next;
    }
    next.users++;
    release();
    return next;
  }

  /** Bytes on the wire. */
  int bytes() {
    return bytes;
  }

  /** A socket takes the bytes, which it owns, and gives up the run. */
  ByteBuf take(ByteBufAllocator allocator) {
    ByteBuf taken = shared(allocator).retainedDuplicate();
    release();
    return taken;
  }

  /** The bytes, for all sockets that wait for them; they belong to the run, and are not to be changed. */
  ByteBuf shared(ByteBufAllocator allocator) {
    if (before == null) {
      return last.webSocket(allocator);
    }
    if (joined == null) {
      joined = joined(allocator);
    }
    return joined;
  }

  private ByteBuf joined(ByteBufAllocator allocator) {
    ByteBuf all = allocator.directBuffer(bytes);
    try {
      append(all, allocator);
      return all.retain();
    } finally {
      // Half of a run, where there was no memory for all of it, is nobody's.
      all.release();
    }
  }

  private void append(ByteBuf to, ByteBufAllocator allocator) {
    if (before != null) {
      before.append(to, allocator);
    }
    ByteBuf frame = last.webSocket(allocator);
    to.writeBytes(frame, frame.readerIndex(), frame.readableBytes());
  }

  /** A socket gives up the run. */
  void release() {
    if (--users > 0) {
      return;
    }
    if (joined != null) {
      joined.release();
      joined = null;
    }
    if (before == null) {
      last.alone(null);
    } else {
      if (before.longer == this) {
        before.longer = null;
      }
      before.release();
    }
    last.release();
  }
}
