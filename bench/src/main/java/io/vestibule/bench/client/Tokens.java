package io.vestibule.bench.client;

/** Where the tokens come from that a run's users authenticate with. */
@FunctionalInterface
public interface Tokens {

  /**
   * A token for a user; blocks while it is fetched, for some seconds at most.
   *
   * @throws TokenException when there is none to be had, with a text for people
   */
  String forUser(String user) throws TokenException;

  /** No token could be had. */
  final class TokenException extends Exception {
    private static final long serialVersionUID = 1L;

    public TokenException(String message) {
      super(message);
    }
  }

  /** The same token for every connection: the server sees one user, and its limit of connections for one user applies. */
  static Tokens fixed(String token) {
    return user -> token;
  }
}
