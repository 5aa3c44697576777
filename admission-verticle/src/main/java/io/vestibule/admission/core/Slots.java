package io.vestibule.admission.core;

import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The slots of a queue. A slot has a number in the store only while there is a limit; all that are held count against a limit that comes later. While it is not known whether the store
 * gave a number, the number stays with who asked for it, also if that one has gone meanwhile: so there is never more than one question about a number under way.
 */
class Slots {
  /** No number. */
  static final int NONE = -1;

  private final BitSet used = new BitSet();
  private final Map<Integer, Asking> asking = new HashMap<>();
  private int lowest;
  private int capacity;
  private int held;
  private int leaving;

  /** Who waits for the store's word; the place is null when it has gone. */
  private static final class Asking {
    private final SlotHolder holder;
    private Place place;

    private Asking(SlotHolder holder, Place place) {
      this.holder = holder;
      this.place = place;
    }
  }

  /** 0 for no limit. */
  final int capacity() {
    return capacity;
  }

  final void capacity(int slots) {
    capacity = slots;
  }

  /** Places that hold a slot. */
  final int held() {
    return held;
  }

  /** Whether one more may be promised. */
  boolean hasRoom() {
    return capacity == 0 || held + leaving < capacity;
  }

  /** Promises a slot to a place; it is {@link Place#pending} if the store is asked. */
  final void take(Place place, List<QueueEffect> out) {
    held++;
    if (capacity == 0) {
      return;
    }
    int slot = used.nextClearBit(lowest);
    lowest = slot;
    used.set(slot);
    place.slot = slot;
    place.pending = true;
    SlotHolder holder = holder(place);
    asking.put(slot, new Asking(holder, place));
    out.add(new TakeSlot(slot, holder));
  }

  /** Takes what a place holds by its record and by the store's. */
  final void adopt(Place place, int slot) {
    held++;
    place.slot = slot;
    if (slot != NONE) {
      used.set(slot);
    }
  }

  /** Whether nobody has that number. */
  final boolean isFree(int slot) {
    return !used.get(slot);
  }

  /** A place gives its slot back. */
  final void give(Place place, List<QueueEffect> out) {
    held--;
    if (place.pending) {
      asking.get(place.slot).place = null;
      leaving++;
    } else if (place.slot != NONE) {
      out.add(new FreeSlot(place.slot, holder(place)));
      clear(place.slot);
    }
    place.slot = NONE;
    place.pending = false;
  }

  /**
   * The store gave the slot.
   *
   * @return the place that has it now, or null if that has gone
   */
  final Place taken(int slot, SlotHolder holder, List<QueueEffect> out) {
    Asking asked = asking.get(slot);
    if (asked == null || !asked.holder.equals(holder)) {
      return null;
    }
    asking.remove(slot);
    if (asked.place == null) {
      leaving--;
      out.add(new FreeSlot(slot, holder));
      clear(slot);
      return null;
    }
    asked.place.pending = false;
    return asked.place;
  }

  /**
   * The store refused the slot, since somebody else has it whom we do not count: that one gives it up.
   *
   * @return the place that has no slot now, or null if that has gone
   */
  final Place refused(int slot, SlotHolder holder, List<QueueEffect> out) {
    out.add(new FreeSlot(slot, holder));
    Asking asked = asking.remove(slot);
    if (asked == null) {
      return null;
    }
    clear(slot);
    if (asked.place == null) {
      leaving--;
      return null;
    }
    held--;
    asked.place.slot = NONE;
    asked.place.pending = false;
    return asked.place;
  }

  private void clear(int slot) {
    used.clear(slot);
    lowest = Math.min(lowest, slot);
  }

  static SlotHolder holder(Place place) {
    return new SlotHolder(place.id, place.user);
  }
}
