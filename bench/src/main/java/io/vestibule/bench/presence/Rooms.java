package io.vestibule.bench.presence;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many rooms, and how many members each has. Member {@code i} of all is in room {@code i % count}, so that rooms fill side by side.
 *
 * @param count rooms
 * @param members of each
 */
public record Rooms(int count, int members) {
  private static final Pattern FORM = Pattern.compile("room-(\\d{1,6})|rooms-(\\d{1,6})x(\\d{1,6})");
  private static final int MOST = 100_000;

  public Rooms {
    if (count < 1 || members < 1 || (long) count * members > MOST) {
      throw new IllegalArgumentException("rooms and their members must be at least 1, and not more than " + MOST + " together");
    }
  }

  /**
   * Reads {@code room-10000} or {@code rooms-1000x10}.
   *
   * @throws IllegalArgumentException with a text for people
   */
  public static Rooms parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not like room-10000 or rooms-1000x10");
    }
    return form.group(1) != null ? new Rooms(1, Integer.parseInt(form.group(1))) : new Rooms(Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3)));
  }

  /** Members of all rooms. */
  public int total() {
    return count * members;
  }

  int roomOf(int member) {
    return member % count;
  }
}
