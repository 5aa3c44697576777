package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.PutQueue;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Queues in maps of this process: what a store is meant to do, at once and without failures. Thread-safe. */
public class MemoryAdmissionStore implements AdmissionStore {
  private final Map<String, Stored> queues = new HashMap<>();

  private static final class Stored {
    private final Map<String, PlaceRecord> places = new TreeMap<>();
    private final Map<Integer, SlotHolder> slots = new TreeMap<>();
    private QueueRecord queue = QueueRecord.INITIAL;
    private long term;
  }

  @Override
  public synchronized Future<Image> open(String queue, long term) {
    Stored stored = queues.computeIfAbsent(queue, name -> new Stored());
    if (term < stored.term) {
      return Future.failedFuture(new FencedException(queue, term, stored.term));
    }
    stored.term = term;
    return Future.succeededFuture(image(queue));
  }

  @Override
  public synchronized Future<List<SlotHeld>> commit(String queue, long term, List<Write> writes) {
    Stored stored = queues.get(queue);
    if (stored == null || term != stored.term) {
      return Future.failedFuture(new FencedException(queue, term, stored == null ? 0 : stored.term));
    }
    List<SlotHeld> refused = new ArrayList<>();
    for (Write write : writes) {
      if (write instanceof PutPlace put) {
        stored.places.put(put.place().id(), put.place());
      } else if (write instanceof DropPlace drop) {
        stored.places.remove(drop.place());
      } else if (write instanceof TakeSlot take) {
        SlotHolder holder = stored.slots.putIfAbsent(take.slot(), take.holder());
        if (holder != null && !holder.equals(take.holder())) {
          refused.add(new SlotHeld(take.slot(), holder));
        }
      } else if (write instanceof FreeSlot free) {
        stored.slots.remove(free.slot(), free.holder());
      } else if (write instanceof PutQueue put) {
        stored.queue = put.queue();
      }
    }
    return Future.succeededFuture(refused);
  }

  /** What is stored now. */
  public synchronized Image image(String queue) {
    Stored stored = queues.computeIfAbsent(queue, name -> new Stored());
    return new Image(List.copyOf(stored.places.values()), Map.copyOf(stored.slots), stored.queue);
  }

  /** Puts somebody in a slot, as another coordinator would have. */
  public synchronized void occupy(String queue, int slot, SlotHolder holder) {
    queues.computeIfAbsent(queue, name -> new Stored()).slots.put(slot, holder);
  }

  @Override
  public Condition condition() {
    return new Condition("ok", "memory", "in a test");
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
