package io.vestibule.node.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody probably meant. */
final class Nearest {
  /** What a shared last part is worth: {@code gateway.port} means {@code gateway.http.port} rather than {@code gateway.http}. */
  private static final int SAME_END = 4;

  private Nearest() {}

  /** The end of a sentence about an unknown name, with the nearest known one if one is near. */
  static String hint(String unknown, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(unknown, name) - (end(name).equals(end(unknown)) ? SAME_END : 0)))
        .filter(name -> distance(unknown, name) <= Math.max(2, unknown.length() / 2))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  private static String end(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Levenshtein's edit distance, in the two-row form of Wagner and Fischer (1974). */
  static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
