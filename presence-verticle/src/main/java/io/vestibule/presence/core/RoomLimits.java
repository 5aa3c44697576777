package io.vestibule.presence.core;

/**
 * Up to where it is said who is in a topic, and not only how many.
 *
 * @param listed users of a topic up to which watchers hear of each
 * @param sample how many are named where there are more
 */
public record RoomLimits(int listed, int sample) {
  public RoomLimits {
    if (listed < 1 || sample < 0 || sample > listed) {
      throw new IllegalArgumentException("of more than " + listed + " users " + sample + " cannot be a sample");
    }
  }

  /** A topic is listed again well below, so that one at the limit does not go to and fro. */
  int listedAgain() {
    return listed - listed / 5;
  }
}
