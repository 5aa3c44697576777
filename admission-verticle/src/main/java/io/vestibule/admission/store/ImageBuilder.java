package io.vestibule.admission.store;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes an image of stored writes. A record that cannot be read is left out, with a line in the log: it must not keep everybody else out. */
final class ImageBuilder {
  private static final EventLog LOG = EventLog.of(ImageBuilder.class);
  private static final SlotHolder UNREADABLE = new SlotHolder("", "");

  private final String queue;
  private final Map<String, byte[]> places = new HashMap<>();
  private final Map<Integer, byte[]> slots = new HashMap<>();
  private byte[] record;

  ImageBuilder(String queue) {
    this.queue = queue;
  }

  ImageBuilder add(List<StoredWrite> writes) {
    writes.forEach(this::add);
    return this;
  }

  private void add(StoredWrite write) {
    switch (write.kind()) {
      case PUT_PLACE -> places.put(write.key(), write.value());
      case DROP_PLACE -> places.remove(write.key());
      case TAKE_SLOT -> slots.put(write.slot(), write.value());
      case FREE_SLOT -> slots.remove(write.slot());
      case PUT_QUEUE -> record = write.value();
      case CLEAR -> places.clear();
      case COMPLETE -> { }
    }
  }

  AdmissionStore.Image build() {
    List<PlaceRecord> readable = new ArrayList<>(places.size());
    places.values().forEach(stored -> read(RecordBytes.PLACE, stored).ifPresent(readable::add));
    Map<Integer, SlotHolder> held = new HashMap<>();
    slots.forEach((slot, stored) -> held.put(slot, read(RecordBytes.SLOT, stored).orElse(UNREADABLE)));
    QueueRecord settings = record == null ? QueueRecord.INITIAL : read(RecordBytes.QUEUE, record).orElse(QueueRecord.INITIAL);
    return new AdmissionStore.Image(readable, held, settings);
  }

  /** Who holds a slot; nobody by name where that cannot be read, but the slot is taken. */
  static SlotHolder holder(byte[] stored) {
    try {
      return RecordBytes.SLOT.decode(stored);
    } catch (UnreadableRecordException unreadable) {
      return UNREADABLE;
    }
  }

  private <T> Optional<T> read(RecordBytes<T> layout, byte[] stored) {
    try {
      return Optional.of(layout.decode(stored));
    } catch (UnreadableRecordException unreadable) {
      LOG.error(LogEvent.STORE_UNREADABLE, null).with(LogKey.QUEUE, queue).with(LogKey.DETAIL, unreadable.getMessage()).write();
      return Optional.empty();
    }
  }
}
