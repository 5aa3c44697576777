package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;

/** What is asked of an entry of the embedded journal. */
sealed interface JournalCall {

  /** Who asks. */
  Fence fence();

  /** Raises the fence, and tells what is there but for places. */
  record Open(Fence fence) implements JournalCall {}

  /**
   * Writes.
   *
   * @param applied of the batches of place writes that wait in the head, those up to this number have reached their parts
   * @param aside whether place writes are only put aside, as a batch (in the head), or done (in a part)
   */
  record Commit(Fence fence, long applied, boolean aside, List<StoredWrite> writes) implements JournalCall {}

  /**
   * Tells what is there, a slice of the places at a time.
   *
   * @param after the last place of the slice before; null for the first slice
   */
  record Read(Fence fence, String after) implements JournalCall {}

  static byte[] encode(JournalCall call) {
    Buffer buffer = Buffer.buffer();
    WireWriter out = new WireWriter(buffer);
    if (call instanceof Open open) {
      open.fence.write(out.putByte(1));
    } else if (call instanceof Commit commit) {
      commit.fence.write(out.putByte(2));
      StoredWrite.writeAll(out.putLong(commit.applied).putBoolean(commit.aside), commit.writes);
    } else if (call instanceof Read read) {
      read.fence.write(out.putByte(3));
      out.putString(read.after);
    }
    return buffer.getBytes();
  }

  static JournalCall decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    byte kind = in.getByte();
    Fence fence = Fence.read(in);
    return switch (kind) {
      case 1 -> new Open(fence);
      case 2 -> new Commit(fence, in.getLong(), in.getBoolean(), StoredWrite.readAll(in));
      case 3 -> new Read(fence, in.getString());
      default -> throw new IllegalArgumentException("unknown call of the journal " + kind);
    };
  }
}
