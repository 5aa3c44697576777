package io.vestibule.gateway.presence;

/** Brings about from a test what only a node that does not get on would see. */
public final class PresenceProbe {
  private PresenceProbe() {}

  /** As if as much waited as may, or not any more. */
  public static void full(NodePresence presence, boolean full) {
    presence.inbox.size.addAndGet(full ? Inbox.MOST : -Inbox.MOST);
  }
}
