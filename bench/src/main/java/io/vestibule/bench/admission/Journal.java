package io.vestibule.bench.admission;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A store as the admission stores are: fenced by the term, slots by compare-and-set. */
final class Journal {
  private final Map<String, PlaceRecord> places = new HashMap<>();
  private final Map<Integer, SlotHolder> slots = new HashMap<>();
  private final Observer observer;
  private QueueRecord queue = QueueRecord.INITIAL;
  private long term;

  Journal(Observer observer) {
    this.observer = observer;
  }

  /** Raises the term; who had a lower one writes no more. */
  void open(long next) {
    term = Math.max(term, next);
  }

  List<PlaceRecord> places() {
    return List.copyOf(places.values());
  }

  Map<Integer, SlotHolder> slots() {
    return Map.copyOf(slots);
  }

  QueueRecord queue() {
    return queue;
  }

  /** Stores a group; null for a writer whose term is over. */
  List<QueueEvent> commit(long writer, List<QueueEffect.Write> writes) {
    if (writer < term) {
      return null;
    }
    List<QueueEvent> slotEvents = new ArrayList<>();
    for (QueueEffect.Write write : writes) {
      if (write instanceof QueueEffect.PutPlace put) {
        places.put(put.place().id(), put.place());
      } else if (write instanceof QueueEffect.DropPlace drop) {
        places.remove(drop.place());
      } else if (write instanceof QueueEffect.TakeSlot take) {
        SlotHolder holder = slots.putIfAbsent(take.slot(), take.holder());
        slotEvents.add(holder == null || holder.equals(take.holder()) ? new QueueEvent.SlotTaken(take.slot(), take.holder())
            : new QueueEvent.SlotHeld(take.slot(), holder));
      } else if (write instanceof QueueEffect.FreeSlot free) {
        slots.remove(free.slot(), free.holder());
      } else if (write instanceof QueueEffect.PutQueue put) {
        queue = put.queue();
      }
    }
    observer.slotsHeld(slots.size());
    return slotEvents;
  }
}
