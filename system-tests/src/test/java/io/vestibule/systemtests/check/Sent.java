package io.vestibule.systemtests.check;

import java.util.ArrayList;
import java.util.List;

/** A message of a publisher, and what became of it each time that he sent it. One thread writes, another reads when all is over. */
final class Sent {
  /**
   * An answer that says it is stored.
   *
   * @param duplicate whether it says that it was there before
   */
  record Acknowledged(Place place, boolean duplicate) {}

  private final String id;
  private final String publisher;
  private final long batch;
  private final List<Acknowledged> acknowledgements = new ArrayList<>(1);
  private int attempts;
  private int refusals;

  /**
   * A message that is not sent yet.
   *
   * @param batch rises with what the publisher sends when everything before is acknowledged
   */
  Sent(String id, String publisher, long batch) {
    this.id = id;
    this.publisher = publisher;
    this.batch = batch;
  }

  String id() {
    return id;
  }

  String publisher() {
    return publisher;
  }

  long batch() {
    return batch;
  }

  /** It is sent, for the first time or again. */
  void attempted() {
    attempts++;
  }

  void acknowledged(Place place, boolean duplicate) {
    acknowledgements.add(new Acknowledged(place, duplicate));
  }

  void refused() {
    refusals++;
  }

  int attempts() {
    return attempts;
  }

  int refusals() {
    return refusals;
  }

  /** How often there was no answer: the connection was cut, or the time was over. */
  int unknown() {
    return attempts - refusals - acknowledgements.size();
  }

  List<Acknowledged> acknowledgements() {
    return acknowledgements;
  }

  boolean isAcknowledged() {
    return !acknowledgements.isEmpty();
  }
}
