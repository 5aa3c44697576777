package io.vestibule.cluster;

import io.vertx.core.Future;

/** Something that was registered and can be taken back. */
@FunctionalInterface
public interface Registration {
  /** Takes it back; a second call does nothing more. May be called on any thread. */
  Future<Void> close();
}
