package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Messages in the order of their offsets, without a hole: added at one end, dropped at the other, found by offset in one step. */
final class Ring {
  private static final int SMALLEST = 8;

  private Message[] slots = new Message[SMALLEST];
  private int start;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  Message first() {
    return get(0);
  }

  Message get(int index) {
    return slots[start + index & slots.length - 1];
  }

  void add(Message message) {
    if (size == slots.length) {
      resize(size * 2);
    }
    slots[start + size++ & slots.length - 1] = message;
  }

  Message removeFirst() {
    Message first = get(0);
    slots[start] = null;
    start = start + 1 & slots.length - 1;
    size--;
    if (size < slots.length / 4 && slots.length > SMALLEST) {
      resize(slots.length / 2);
    }
    return first;
  }

  /** Index of the first with a higher offset. */
  int afterOffset(long offset) {
    return size == 0 ? 0 : (int) Math.max(0, Math.min(size, offset - first().offset() + 1));
  }

  /** Index of the first with a higher version. */
  int afterVersion(long version) {
    return indexOf(message -> message.version() > version);
  }

  /** Index of the first that came at this time or later. */
  int sinceTime(long atMs) {
    return indexOf(message -> message.atMs() >= atMs);
  }

  /** Index of the first of which this holds, as it does of all behind it. */
  private int indexOf(Predicate<Message> holds) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (holds.test(get(middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  List<Message> list() {
    List<Message> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      all.add(get(i));
    }
    return all;
  }

  private void resize(int length) {
    Message[] larger = new Message[length];
    for (int i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    slots = larger;
    start = 0;
  }
}
