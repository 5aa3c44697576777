package io.vestibule.gateway.topic;

/** Who is a member of which topics, as far as that is known on this node. Thread-safe; answers at once. */
public interface Memberships {
  /** Nobody is a member of anything. */
  Memberships NONE = (userId, topic) -> false;

  /**
   * Whether a user is known to be a member of a literal topic.
   *
   * @param userId null for nobody in particular
   */
  boolean isMember(String userId, String topic);
}
