package io.vestibule.gateway.admission;

import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.drain.NodeDrain;
import java.util.Optional;
import java.util.function.Consumer;

/** What stands before the coordinators on this node: whether it takes anybody, and who has shown a token that nobody signed. One for a node; thread-safe. */
public final class Gate {
  private final NodeDrain drain;
  private final Consumer<String> forged;

  /**
   * A gate.
   *
   * @param forged is told the address of whoever showed a resume token that nobody signed
   */
  public Gate(NodeDrain drain, Consumer<String> forged) {
    this.drain = drain;
    this.forged = forged;
  }

  /** Why nobody may join here now, if so. */
  public Optional<Failure> refusesJoin() {
    return drain.refusesJoin();
  }

  /** Why nobody may come back here now, if so. */
  public Optional<Failure> refusesResume() {
    return drain.refusesResume();
  }

  /** Somebody at this address showed a resume token that nobody signed. */
  public void forged(String address) {
    forged.accept(address);
  }
}
