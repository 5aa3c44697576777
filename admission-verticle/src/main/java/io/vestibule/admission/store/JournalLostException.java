package io.vestibule.admission.store;

/**
 * What was stored of a queue is gone, wholly or in part: more nodes died at once than there are backups, or Redis came back empty. Nothing more is stored for this coordinator;
 * whoever leads next opens what is left, and hears from the gateways who is there.
 */
public final class JournalLostException extends FencedException {
  private static final long serialVersionUID = 1L;

  JournalLostException(String queue, long term) {
    super("what was stored of the queue " + queue + " for term " + term + " is gone");
  }
}
