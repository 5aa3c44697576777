package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;

/**
 * A write with its records in stored form, so that whoever keeps it need not understand it. What is read comes as the writes that would bring it about.
 *
 * @param kind what is to happen
 * @param key the place's id; of a slot its number; null where there is no key
 * @param value the record, or the slot's holder; null where there is none
 */
record StoredWrite(Kind kind, String key, byte[] value) {
  private static final Kind[] KINDS = Kind.values();

  /** Kinds of writes; the number on the wire is the ordinal, so a new one goes to the end. */
  enum Kind {
    PUT_PLACE, DROP_PLACE, TAKE_SLOT, FREE_SLOT, PUT_QUEUE,
    /** Everything is forgotten; what comes next is the whole. */
    CLEAR,
    /** What is stored now is the whole. */
    COMPLETE;

    /** Whether the parts of a queue need it. */
    boolean ofPlaces() {
      return this == PUT_PLACE || this == DROP_PLACE || ofAll();
    }

    /** Whether each part needs it. */
    boolean ofAll() {
      return this == CLEAR || this == COMPLETE;
    }
  }

  static StoredWrite of(QueueEffect.Write write) {
    if (write instanceof QueueEffect.PutPlace put) {
      return new StoredWrite(Kind.PUT_PLACE, put.place().id(), RecordBytes.PLACE.encode(put.place()));
    } else if (write instanceof QueueEffect.DropPlace drop) {
      return new StoredWrite(Kind.DROP_PLACE, drop.place(), null);
    } else if (write instanceof QueueEffect.TakeSlot take) {
      return new StoredWrite(Kind.TAKE_SLOT, Integer.toString(take.slot()), RecordBytes.SLOT.encode(take.holder()));
    } else if (write instanceof QueueEffect.FreeSlot free) {
      return new StoredWrite(Kind.FREE_SLOT, Integer.toString(free.slot()), RecordBytes.SLOT.encode(free.holder()));
    } else {
      return new StoredWrite(Kind.PUT_QUEUE, null, RecordBytes.QUEUE.encode(((QueueEffect.PutQueue) write).queue()));
    }
  }

  static List<StoredWrite> of(List<QueueEffect.Write> writes) {
    return writes.stream().map(StoredWrite::of).toList();
  }

  /** A write without key and value. */
  static StoredWrite of(Kind kind) {
    return new StoredWrite(kind, null, null);
  }

  int slot() {
    return Integer.parseInt(key);
  }

  /** Roughly what it costs to carry. */
  int size() {
    return 16 + (key == null ? 0 : key.length()) + (value == null ? 0 : value.length);
  }

  static void writeAll(WireWriter out, List<StoredWrite> writes) {
    out.putList(writes, (to, write) -> to.putByte(write.kind.ordinal()).putString(write.key)
        .putBuffer(write.value == null ? null : Buffer.buffer(write.value)));
  }

  static List<StoredWrite> readAll(WireReader in) {
    return in.getList(from -> {
      Kind kind = KINDS[from.getByte()];
      String key = from.getString();
      Buffer value = from.getBuffer();
      return new StoredWrite(kind, key, value == null ? null : value.getBytes());
    });
  }
}
