package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A place where a JSON Web Key Set is read. Any thread. */
interface JwksSource {
  /** Bytes of a set, at most. */
  int MAX_BYTES = 256 * 1024;

  /** Reads the set within the source's deadline; fails with a message that says what went wrong and nothing secret. */
  Future<Buffer> read();

  /** Something that changes when the set does and is cheap to ask for; the same for ever where there is no such thing. */
  Future<String> stamp();

  /** Where it is, for logs: no user name, no query. */
  String place();

  Future<Void> close();
}
