package io.vestibule.cluster.ownership;

import java.util.Objects;

/**
 * A reign over a shard: its number, which rises with each takeover, and who took it.
 *
 * @param number 1 for the first reign; 0 stands for a shard that nobody ever held
 * @param owner the node id; empty with number 0
 */
public record Term(long number, String owner) implements Comparable<Term> {
  /** Before the first reign. */
  public static final Term NONE = new Term(0, "");

  private static final char SEPARATOR = '@';

  public Term {
    Objects.requireNonNull(owner);
    if (number < 0 || (number == 0) != owner.isEmpty()) {
      throw new IllegalArgumentException("term " + number + " of '" + owner + "'");
    }
  }

  /** The reign that would follow this one. */
  public Term next(String nextOwner) {
    return new Term(number + 1, nextOwner);
  }

  /** By number; at equal numbers, which only a partition can bring about, the smaller owner counts as higher. */
  @Override
  public int compareTo(Term other) {
    int byNumber = Long.compare(number, other.number);
    return byNumber != 0 ? byNumber : other.owner.compareTo(owner);
  }

  /** The stored form, {@code number@owner}: plain text, so that no store needs our classes to keep it. */
  public String encode() {
    return number + "" + SEPARATOR + owner;
  }

  /**
   * Reads the stored form.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static Term parse(String stored) {
    int at = stored.indexOf(SEPARATOR);
    if (at < 0) {
      throw new IllegalArgumentException("not a term: " + stored);
    }
    return new Term(Long.parseLong(stored.substring(0, at)), stored.substring(at + 1));
  }
}
