package io.vestibule.admission.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.admission.store.JournalAnswer.Status;
import io.vestibule.admission.store.StoredWrite.Kind;
import io.vestibule.cluster.hazelcast.Termed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * One entry of the embedded journal: the head of a queue, which has the fence, the slots and what is to go to the parts; or a part, which has a fence and places. It lives as an
 * object where the grid keeps it, changed by one thread at a time, and is serialised only when it moves.
 */
final class JournalEntry implements Termed, DataSerializable {
  /** A slice of places ends after so many bytes. */
  static final int SLICE_BYTES = 256 << 10;

  private static final Fence NOBODY = new Fence(0, 0, 0);

  private Fence fence = NOBODY;
  private byte[] lastAnswer = new byte[0];
  private boolean whole;
  private long batch;
  private byte[] queue;
  private final NavigableMap<Integer, byte[]> slots = new TreeMap<>();
  private final NavigableMap<String, byte[]> places = new TreeMap<>();
  private final NavigableMap<Long, List<StoredWrite>> aside = new TreeMap<>();

  JournalEntry() {}

  @Override
  public long term() {
    return fence.term();
  }

  /** Does what is asked. A call that was done already is answered as it was then. */
  byte[] answer(JournalCall call) {
    Status refused = check(call);
    if (refused != null) {
      return JournalAnswer.refusal(refused, fence.term()).encode();
    }
    if (call instanceof JournalCall.Open open) {
      fence = open.fence();
      lastAnswer = new byte[0];
      return new JournalAnswer(Status.DONE, batch, whole, content()).encode();
    } else if (call instanceof JournalCall.Read read) {
      return read(read.after()).encode();
    }
    JournalCall.Commit commit = (JournalCall.Commit) call;
    if (commit.fence().equals(fence)) {
      return lastAnswer;
    }
    fence = commit.fence();
    lastAnswer = commit(commit).encode();
    return lastAnswer;
  }

  private Status check(JournalCall call) {
    Fence asking = call.fence();
    boolean newer = asking.term() > fence.term();
    if (asking.term() < fence.term() || asking.term() == fence.term() && asking.owner() != fence.owner()) {
      return Status.FENCED;
    }
    if (call instanceof JournalCall.Open) {
      return newer || asking.number() >= fence.number() ? null : Status.OVERTAKEN;
    }
    if (newer) {
      return Status.LOST;
    }
    return call instanceof JournalCall.Read || asking.number() >= fence.number() ? null : Status.OVERTAKEN;
  }

  private JournalAnswer commit(JournalCall.Commit commit) {
    aside.headMap(commit.applied(), true).clear();
    List<StoredWrite> refused = new ArrayList<>();
    List<StoredWrite> later = new ArrayList<>();
    for (StoredWrite write : commit.writes()) {
      if (commit.aside() && write.kind().ofPlaces()) {
        later.add(write);
      }
      apply(write, commit.aside(), refused);
    }
    if (!later.isEmpty()) {
      aside.put(++batch, later);
    }
    return new JournalAnswer(Status.DONE, batch, false, refused);
  }

  private void apply(StoredWrite write, boolean head, List<StoredWrite> refused) {
    switch (write.kind()) {
      case PUT_PLACE -> {
        if (!head) {
          places.put(write.key(), write.value());
        }
      }
      case DROP_PLACE -> places.remove(write.key());
      case TAKE_SLOT -> {
        byte[] holder = slots.putIfAbsent(write.slot(), write.value());
        if (holder != null && !Arrays.equals(holder, write.value())) {
          refused.add(new StoredWrite(Kind.TAKE_SLOT, write.key(), holder));
        }
      }
      case FREE_SLOT -> slots.computeIfPresent(write.slot(), (slot, holder) -> Arrays.equals(holder, write.value()) ? null : holder);
      case PUT_QUEUE -> queue = write.value();
      case CLEAR -> {
        whole = false;
        queue = null;
        slots.clear();
        places.clear();
      }
      case COMPLETE -> whole = true;
    }
  }

  /**
   * Everything but places; those that have not reached their parts come as writes, in their order. They come first: a {@link Kind#CLEAR} may be among them, which was done to slots and queue
   * long ago, and must not be done again to what they are now.
   */
  private List<StoredWrite> content() {
    List<StoredWrite> content = new ArrayList<>();
    aside.values().forEach(content::addAll);
    if (queue != null) {
      content.add(new StoredWrite(Kind.PUT_QUEUE, null, queue));
    }
    slots.forEach((slot, holder) -> content.add(new StoredWrite(Kind.TAKE_SLOT, slot.toString(), holder)));
    return content;
  }

  private JournalAnswer read(String after) {
    List<StoredWrite> slice = new ArrayList<>(after == null ? content() : List.of());
    int bytes = 0;
    boolean more = false;
    for (Map.Entry<String, byte[]> place : (after == null ? places : places.tailMap(after, false)).entrySet()) {
      more = bytes >= SLICE_BYTES;
      if (more) {
        break;
      }
      StoredWrite put = new StoredWrite(Kind.PUT_PLACE, place.getKey(), place.getValue());
      slice.add(put);
      bytes += put.size();
    }
    return new JournalAnswer(Status.DONE, batch, more, slice);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByte(1);
    out.writeLong(fence.term());
    out.writeLong(fence.owner());
    out.writeLong(fence.number());
    out.writeByteArray(lastAnswer);
    out.writeBoolean(whole);
    out.writeLong(batch);
    out.writeByteArray(queue);
    out.writeInt(slots.size());
    for (Map.Entry<Integer, byte[]> slot : slots.entrySet()) {
      out.writeInt(slot.getKey());
      out.writeByteArray(slot.getValue());
    }
    out.writeInt(places.size());
    for (Map.Entry<String, byte[]> place : places.entrySet()) {
      out.writeString(place.getKey());
      out.writeByteArray(place.getValue());
    }
    out.writeInt(aside.size());
    for (Map.Entry<Long, List<StoredWrite>> waiting : aside.entrySet()) {
      out.writeLong(waiting.getKey());
      out.writeInt(waiting.getValue().size());
      for (StoredWrite write : waiting.getValue()) {
        out.writeByte(write.kind().ordinal());
        out.writeString(write.key());
        out.writeByteArray(write.value());
      }
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    byte layout = in.readByte();
    if (layout != 1) {
      throw new IOException("layout " + layout + " of a journal entry where 1 is known");
    }
    fence = new Fence(in.readLong(), in.readLong(), in.readLong());
    lastAnswer = in.readByteArray();
    whole = in.readBoolean();
    batch = in.readLong();
    queue = in.readByteArray();
    for (int left = in.readInt(); left > 0; left--) {
      slots.put(in.readInt(), in.readByteArray());
    }
    for (int left = in.readInt(); left > 0; left--) {
      places.put(in.readString(), in.readByteArray());
    }
    for (int batches = in.readInt(); batches > 0; batches--) {
      long number = in.readLong();
      List<StoredWrite> writes = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        writes.add(new StoredWrite(Kind.values()[in.readByte()], in.readString(), in.readByteArray()));
      }
      aside.put(number, writes);
    }
  }
}
