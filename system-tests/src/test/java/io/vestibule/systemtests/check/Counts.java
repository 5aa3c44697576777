package io.vestibule.systemtests.check;

/**
 * How much happened, as far as publishers and subscribers saw it.
 *
 * @param acknowledged messages
 * @param refused answers that said that a message was not stored
 * @param unanswered sendings without an answer
 * @param duplicates acknowledgements that said that the message was there already
 * @param delivered messages to all subscribers together
 * @param gaps that subscribers were told of
 * @param covered acknowledged messages that gaps took from a subscriber
 * @param recoveries returns of a subscriber to a topic with everything that it had missed
 * @param unrecovered returns of which it was told otherwise
 */
record Counts(long acknowledged, long refused, long unanswered, long duplicates, long delivered, long gaps, long covered, long recoveries, long unrecovered) {
  static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);

  Counts plus(Counts other) {
    return new Counts(acknowledged + other.acknowledged, refused + other.refused, unanswered + other.unanswered, duplicates + other.duplicates, delivered + other.delivered, gaps + other.gaps,
        covered + other.covered, recoveries + other.recoveries, unrecovered + other.unrecovered);
  }

  static Counts of(Sent message) {
    return new Counts(message.isAcknowledged() ? 1 : 0, message.refusals(), message.unknown(), message.acknowledgements().stream().filter(Sent.Acknowledged::duplicate).count(), 0, 0, 0, 0, 0);
  }

  @Override
  public String toString() {
    return acknowledged + " acknowledged, " + refused + " refused, " + unanswered + " without an answer, " + duplicates + " duplicates refused, " + delivered + " delivered, " + gaps + " gaps (" + covered
        + " acknowledged messages in them), " + recoveries + " recoveries, " + unrecovered + " returns without";
  }
}
