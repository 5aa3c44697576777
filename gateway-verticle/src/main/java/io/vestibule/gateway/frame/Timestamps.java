package io.vestibule.gateway.frame;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times as ISO 8601 in UTC with milliseconds, remembering the last one, because many frames share a millisecond. One thread. */
public final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private long lastMs;
  private String last;

  /** The moment of a timestamp in Unix milliseconds; -1 for what is none, or lies before 1970. */
  static long parsed(String timestamp) {
    try {
      return Math.max(-1, OffsetDateTime.parse(timestamp).toInstant().toEpochMilli());
    } catch (DateTimeException | ArithmeticException none) {
      return -1;
    }
  }

  /** The timestamp of a moment in Unix milliseconds. */
  public String of(long epochMs) {
    if (last == null || epochMs != lastMs) {
      last = FORMAT.format(Instant.ofEpochMilli(epochMs));
      lastMs = epochMs;
    }
    return last;
  }
}
