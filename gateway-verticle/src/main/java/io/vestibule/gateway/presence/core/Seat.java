package io.vestibule.gateway.presence.core;

import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.List;

/** One connection of this node, as far as others see it. */
final class Seat {
  final String user;
  final List<Place> places = new ArrayList<>(2);
  /** A JSON object as text, or null. */
  String info;
  /** When the token came that it is from, Unix milliseconds. */
  long infoAtMs;
  UserStatus status;

  Seat(String user, String info, long infoAtMs, UserStatus status) {
    this.user = user;
    this.info = info;
    this.infoAtMs = infoAtMs;
    this.status = status;
  }
}
