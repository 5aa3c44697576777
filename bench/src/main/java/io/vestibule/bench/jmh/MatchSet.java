package io.vestibule.bench.jmh;

/**
 * Sets of patterns to match among. All but the first are made to be hard: each pattern of theirs has two {@code **}, or as many {@code *}
 * as the topic has places.
 */
public enum MatchSet {
  /** What a server has: 70 % literal, 20 % with {@code *}, 10 % with {@code **}. */
  MIXED {
    @Override
    public String pattern(int i) {
      return switch (i % 10) {
        case 0, 1, 2, 3, 4, 5, 6 -> "org." + i % 1000 + ".room." + i + ".chat";
        case 7 -> "org." + i + ".*.main.chat";
        case 8 -> "org.*.room." + i + ".chat";
        default -> i % 20 == 9 ? "site." + i + ".**" : "org.**.alert." + i;
      };
    }

    @Override
    public String hit(int i) {
      int literal = i * 970;
      return "org." + literal % 1000 + ".room." + literal + ".chat";
    }

    @Override
    public String missed(int i) {
      return "org." + i + ".room." + i + ".nothing";
    }
  },

  /** {@code **.a.**}: any place of the topic may fit. */
  FLOATING {
    @Override
    public String pattern(int i) {
      return "**.a" + i + ".**";
    }

    @Override
    public String hit(int i) {
      return deep("x", "a" + i * 970);
    }
  },

  /** {@code a.**.b.**}. */
  ROOTED {
    @Override
    public String pattern(int i) {
      return "x.**.b" + i + ".**";
    }

    @Override
    public String hit(int i) {
      return deep("x", "b" + i * 970);
    }
  },

  /** {@code **.x.**.y}: the first part fits in every place of the topic. */
  CROSSED {
    @Override
    public String pattern(int i) {
      return "**.x.**.y" + i;
    }

    @Override
    public String hit(int i) {
      return deep("x", "y" + i * 970);
    }
  },

  /** {@code **.a.**.b.c} of 100 words each: every word of a topic is known in every place, and a topic has 13 hits or none. */
  GRID {
    @Override
    public String pattern(int i) {
      return "**.w" + i % 100 + ".**.w" + i / 100 % 100 + ".w" + i / 10_000;
    }

    @Override
    public String hit(int i) {
      var topic = new StringBuilder();
      for (int n = 0; n < DEPTH; n++) {
        topic.append(n == 0 ? "w" : ".w").append((i * 31 + n * 7) % 100);
      }
      return topic.toString();
    }

    @Override
    public String missed(int i) {
      return hit(i).substring(0, hit(i).lastIndexOf('.')) + ".none";
    }
  },

  /** Heads, tails and middles of all lengths, all made of {@code x}: every combination fits a topic of {@code x}, but for one last word. */
  NESTED {
    @Override
    public String pattern(int i) {
      int head = i % 5;
      int tail = i / 5 % 5;
      int middle = i / 25 % 5;
      return "x.".repeat(head) + "**." + "x.".repeat(middle) + "z" + i / 125 + ".**" + ".x".repeat(tail);
    }

    @Override
    public String hit(int i) {
      return "x.".repeat(7) + "z" + i * 7 + ".x".repeat(6);
    }

    @Override
    public String missed(int i) {
      return "x.".repeat(7) + "n" + i + ".x".repeat(6);
    }
  },

  /** All mixtures of {@code x} and {@code *} on twelve places and a last word that tells them apart: what {@code *} can do at its worst. */
  STARRED {
    @Override
    public String pattern(int i) {
      var pattern = new StringBuilder();
      for (int n = 0; n < 12; n++) {
        pattern.append((i >> n & 1) == 0 ? "x." : "*.");
      }
      return pattern.append('z').append(i >> 12).toString();
    }

    @Override
    public String hit(int i) {
      return "x.".repeat(12) + 'z' + i % 200;
    }

    @Override
    public String missed(int i) {
      return "x.".repeat(12) + 'n' + i;
    }
  };

  private static final int DEPTH = 14;

  /** One of the patterns, each index another. */
  public abstract String pattern(int index);

  /** A topic that at least one pattern matches. */
  public abstract String hit(int index);

  /** A topic that no pattern matches, and that is as like one as can be. */
  public String missed(int index) {
    return deep("x", "n" + index);
  }

  /**
   * One more pattern that matches a topic: in the mixed set in the set's own proportions, else the topic cut into head, middle and tail in
   * as many ways as it takes.
   */
  public String more(String topic, int index) {
    String[] words = topic.split("\\.");
    if (this == MIXED && index % 10 < 7) {
      return topic;
    }
    if (this == MIXED && index % 10 < 9) {
      words[index % words.length] = "*";
      return String.join(".", words);
    }
    int head = index % 7;
    int middle = head + index / 7 % 4;
    int end = middle + 1 + index / 28 % 4;
    int tail = Math.max(end, words.length - 1 - index / 112 % 5);
    return part(words, 0, head, ".") + "**." + part(words, middle, end, ".") + "**." + part(words, tail, words.length, ".").replaceAll("\\.$", "");
  }

  private static String part(String[] words, int from, int to, String after) {
    var part = new StringBuilder();
    for (int i = Math.min(from, words.length - 1); i < Math.min(to, words.length); i++) {
      part.append(words[i]).append(after);
    }
    return part.toString();
  }

  private static String deep(String word, String last) {
    return (word + ".").repeat(DEPTH - 1) + last;
  }
}
