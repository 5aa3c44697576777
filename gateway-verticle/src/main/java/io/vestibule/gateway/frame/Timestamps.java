package io.vestibule.gateway.frame;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times as ISO 8601 in UTC with milliseconds, remembering the last one and its second, because many frames share them. One thread. */
public final class Timestamps {
  private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int MS = 1000;

  private long lastMs;
  private String last;
  private long second;
  private String ofSecond;

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
      last = written(Math.floorDiv(epochMs, MS), Math.floorMod(epochMs, MS));
      lastMs = epochMs;
    }
    return last;
  }

  private String written(long epochSecond, int ms) {
    if (ofSecond == null || epochSecond != second) {
      ofSecond = SECOND.format(Instant.ofEpochSecond(epochSecond));
      second = epochSecond;
    }
    return ofSecond + (char) ('0' + ms / 100) + (char) ('0' + ms / 10 % 10) + (char) ('0' + ms % 10) + 'Z';
  }
}
