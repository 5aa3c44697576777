package io.vestibule.cluster;

import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/** Answers that come on the context of whoever asked, wherever they are found. */
public final class CallerPromise {
  private CallerPromise() {}

  /** A promise whose future completes on the calling context, if there is one; any thread may complete it. */
  public static <T> Promise<T> create() {
    ContextInternal caller = ContextInternal.current();
    return caller == null ? Promise.promise() : caller.promise();
  }
}
