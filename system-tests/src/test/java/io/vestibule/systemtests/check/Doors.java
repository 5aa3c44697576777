package io.vestibule.systemtests.check;

import java.util.random.RandomGenerator;

/** Where clients come in. */
interface Doors {
  /** {@code http://host:port} of a node that runs, as far as is known. */
  String any(RandomGenerator random);

  /** A token of this user. */
  String token(String user);
}
