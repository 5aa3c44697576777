package io.vestibule.gateway.presence.core;

/** A connection that was in a topic and is gone, but whose user may come back to it. */
final class Trace {
  final String connection;
  final Place place;
  /** Until when he is shown as he was. */
  long lingersUntilMs;
  /** Until when he is there at all: away, where that is later. */
  long endsAtMs;

  Trace(String connection, Place place, long lingersUntilMs, long endsAtMs) {
    this.connection = connection;
    this.place = place;
    this.lingersUntilMs = lingersUntilMs;
    this.endsAtMs = endsAtMs;
  }
}
