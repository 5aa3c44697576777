package io.vestibule.admission.core;

import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.PutQueue;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a store does, on maps. */
final class StoreInMemory {
  final Map<String, PlaceRecord> places = new LinkedHashMap<>();
  final Map<Integer, SlotHolder> slots = new HashMap<>();
  QueueRecord queue = QueueRecord.INITIAL;

  /** Does a write; tells what the core is to hear of it. */
  Optional<QueueEvent> write(QueueEffect.Write write) {
    if (write instanceof PutPlace put) {
      places.put(put.place().id(), put.place());
    } else if (write instanceof DropPlace drop) {
      places.remove(drop.place());
    } else if (write instanceof PutQueue put) {
      queue = put.queue();
    } else if (write instanceof TakeSlot take) {
      SlotHolder holder = slots.putIfAbsent(take.slot(), take.holder());
      return Optional.of(holder == null || holder.equals(take.holder()) ? new QueueEvent.SlotTaken(take.slot(), take.holder())
          : new QueueEvent.SlotHeld(take.slot(), holder));
    } else if (write instanceof FreeSlot free) {
      slots.remove(free.slot(), free.holder());
    }
    return Optional.empty();
  }
}
