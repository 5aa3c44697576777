package io.vestibule.gateway.log.core;

/**
 * Somebody is done with everything of a log up to a place. It changes nothing where the log is in another epoch, does not reach that far, or where the cursor is there already.
 *
 * @param topic of the log
 * @param name see {@link Cursor}
 * @param epoch 0 for the one that the log has
 */
public record CursorMove(String topic, String name, long epoch, long offset) {
  public CursorMove {
    if (name.indexOf('/') < 1 || offset < 0) {
      throw new IllegalArgumentException("cursor " + name + " at " + offset);
    }
  }
}
