package io.vestibule.gateway.frame;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields of client frames that the server reads; it ignores any other. */
enum Field {
  TYPE("type"),
  ID("id"),
  TOKEN("token"),
  QUEUE("queue"),
  DEVICE("device"),
  TOPIC("topic"),
  PRESENCE("presence"),
  RECOVER("recover"),
  JOIN("join"),
  LEAVE("leave"),
  DATA("data"),
  EVENT_TYPE("eventType"),
  METADATA("metadata"),
  MESSAGE_ID("messageId"),
  ECHO("echo"),
  TYPING("typing"),
  OFFSETS("offsets"),
  OFFSET("offset"),
  READ("read"),
  EPOCH("epoch"),
  STATUS("status"),
  SINCE("since"),
  LIMIT("limit"),
  REVERSE("reverse");

  static final Field[] ALL = values();

  private static final Map<String, Field> BY_KEY = Stream.of(ALL).collect(Collectors.toUnmodifiableMap(f -> f.key, f -> f));

  final String key;

  Field(String key) {
    this.key = key;
  }

  /** The field of this name, or null. */
  static Field of(String key) {
    return BY_KEY.get(key);
  }
}
