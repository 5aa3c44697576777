package io.vestibule.admission.core;

import java.util.Objects;

/** Who has a slot: (queue, user) have one place, and a place has at most one slot. */
public record SlotHolder(String place, String user) {
  public SlotHolder {
    Objects.requireNonNull(place);
    Objects.requireNonNull(user);
  }
}
