package io.vestibule.gateway.topic;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The patterns of a token's {@code caps.subscribe} or {@code caps.publish}. They narrow what the topic rules allow and never widen it.
 * Immutable.
 */
public final class Capabilities {
  /** How many patterns a list may have: each wildcard one is compared for each message that a wildcard subscription matches. */
  public static final int MAX_PATTERNS = 1000;

  /** What a token without the claim has: no narrowing. */
  public static final Capabilities UNRESTRICTED = new Capabilities(List.of());

  private final Set<String> literals;
  private final TopicPattern[] wildcards;

  private Capabilities(List<TopicPattern> patterns) {
    literals = patterns.stream().filter(TopicPattern::isLiteral).map(TopicPattern::text).collect(Collectors.toUnmodifiableSet());
    wildcards = patterns.stream().filter(p -> !p.isLiteral()).distinct().toArray(TopicPattern[]::new);
  }

  /**
   * Reads the patterns of a claim.
   *
   * @param claim name of the claim, for the error
   * @param patterns null for a token that does not narrow; an empty list allows nothing
   * @throws Failure {@code TOKEN_CLAIMS} where one is not a pattern or there are more than {@value #MAX_PATTERNS}
   */
  public static Capabilities of(String claim, List<String> patterns) {
    if (patterns == null) {
      return UNRESTRICTED;
    }
    if (patterns.size() > MAX_PATTERNS) {
      throw Failure.ofField(ErrorReason.TOKEN_CLAIMS, claim, "The claim " + claim + " has more than " + MAX_PATTERNS + " patterns.");
    }
    return new Capabilities(patterns.stream().map(text -> parse(claim, text)).toList());
  }

  /** Whether they leave a topic allowed. */
  public boolean allows(String topic) {
    if (this == UNRESTRICTED || literals.contains(topic)) {
      return true;
    }
    for (TopicPattern pattern : wildcards) {
      if (pattern.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  /** Whether they leave any topic of a pattern allowed. */
  boolean reach(TopicPattern pattern) {
    if (this == UNRESTRICTED || literals.stream().anyMatch(pattern::matches)) {
      return true;
    }
    for (TopicPattern wildcard : wildcards) {
      if (wildcard.intersects(pattern)) {
        return true;
      }
    }
    return false;
  }

  private static TopicPattern parse(String claim, String text) {
    try {
      return TopicPattern.parse(text);
    } catch (Failure e) {
      throw Failure.ofField(ErrorReason.TOKEN_CLAIMS, claim, "A pattern in the claim " + claim + " is not valid: " + e.getMessage());
    }
  }
}
