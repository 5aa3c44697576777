package io.vestibule.systemtests.check;

/** What a subscriber got of a topic, in the order in which it came. */
sealed interface Heard {
  /**
   * A message.
   *
   * @param id that its publisher gave it
   */
  record Message(Place place, String id) implements Heard {}

  /** It was told that what lies between is not to be had: after the one place, up to the other. */
  record Gap(Place from, Place to) implements Heard {}

  /**
   * It came back to the topic.
   *
   * @param recovered whether it was told that it gets everything that it missed
   */
  record Return(boolean recovered) implements Heard {}
}
