package io.vestibule.gateway.log.store;

/** An append is where it was sent to, and too few replicas have said that they have it too: it may be lost with the server. Repeated, it is done once, and they are asked again. */
final class UnconfirmedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnconfirmedException(int confirmed, int wanted) {
    super(confirmed + " of " + wanted + " replicas have it", null, false, false);
  }
}
