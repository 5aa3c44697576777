package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceRecord.Stage;

/** Where a place is in its life, and what it can become from there. Times are Unix milliseconds. */
sealed interface PlaceStage {

  /** When the stage ends by itself; 0: it does not. */
  long untilMs();

  /** What is stored. */
  Stage stored();

  /** Whether a slot is held: a promise counts from the moment it is made, not when it is used. */
  default boolean holdsSlot() {
    return stored() == Stage.ADMITTED || stored() == Stage.CONNECTED || stored() == Stage.GRACE;
  }

  /**
   * In line.
   *
   * @param untilMs when the place is lost unless somebody comes back; 0: somebody is there
   */
  record Waiting(long untilMs) implements PlaceStage {
    @Override
    public Stage stored() {
      return Stage.WAITING;
    }

    boolean isAway() {
      return untilMs > 0;
    }

    Waiting toAway(long until) {
      return new Waiting(until);
    }

    Waiting toBack() {
      return new Waiting(0);
    }

    Admitted toAdmitted(long claimByMs) {
      return new Admitted(claimByMs);
    }

    Connected toConnected() {
      return new Connected();
    }
  }

  /** Has a slot that nobody has taken yet. */
  record Admitted(long untilMs) implements PlaceStage {
    @Override
    public Stage stored() {
      return Stage.ADMITTED;
    }

    Connected toConnected() {
      return new Connected();
    }

    /** Only where the promise was never said. */
    Waiting toWaiting() {
      return new Waiting(0);
    }
  }

  /** Has a slot and a socket. */
  record Connected() implements PlaceStage {
    @Override
    public long untilMs() {
      return 0;
    }

    @Override
    public Stage stored() {
      return Stage.CONNECTED;
    }

    Grace toGrace(long until) {
      return new Grace(until);
    }

    /** The socket was gone before the promise reached it. */
    Admitted toAdmitted(long claimByMs) {
      return new Admitted(claimByMs);
    }

    /** Only where the slot turned out to be another's. */
    Waiting toWaiting() {
      return new Waiting(0);
    }
  }

  /** Has a slot, and nobody is there. */
  record Grace(long untilMs) implements PlaceStage {
    @Override
    public Stage stored() {
      return Stage.GRACE;
    }

    Connected toConnected() {
      return new Connected();
    }

    Released toReleased() {
      return new Released();
    }
  }

  /** Out of the line, remembered for its sessions: who comes back stands where its joining time says. */
  record Released() implements PlaceStage {
    @Override
    public long untilMs() {
      return 0;
    }

    @Override
    public Stage stored() {
      return Stage.RELEASED;
    }

    Waiting toWaiting() {
      return new Waiting(0);
    }
  }
}
