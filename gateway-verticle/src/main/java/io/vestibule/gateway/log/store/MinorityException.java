package io.vestibule.gateway.log.store;

/** The member that was to do it sees only a minority of its cluster: what it has may be old, and what it would store would be one half's alone. Nothing was done. */
public final class MinorityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Nothing was done. */
  public MinorityException() {
    super("too few members are left to store or tell anything", null, false, false);
  }
}
