package io.vestibule.gateway.drain;

/** Whether a gateway node serves: each state has a method for each legal step and no other. Pure. */
public sealed interface DrainState {
  /** How the sockets leave, or null where they may stay. */
  default MovePlan plan() {
    return null;
  }

  /** Whether new sockets are refused. */
  boolean refusesSockets(long nowMs);

  /** Whether sessions that were elsewhere are refused. */
  boolean refusesResumes();

  /** As always. */
  record Serving() implements DrainState {
    Draining toDraining(MovePlan plan, boolean cluster) {
      return new Draining(plan, cluster);
    }

    Ending toEnding(MovePlan plan) {
      return new Ending(plan);
    }

    @Override
    public boolean refusesSockets(long nowMs) {
      return false;
    }

    @Override
    public boolean refusesResumes() {
      return false;
    }
  }

  /**
   * No new sessions; those that are here are sent elsewhere, and what is left at the deadline is closed.
   *
   * @param cluster whether all nodes are so: nobody can go elsewhere, so people may come back with their tokens until the deadline
   */
  record Draining(MovePlan plan, boolean cluster) implements DrainState {
    Draining toDraining(MovePlan newPlan, boolean newCluster) {
      return new Draining(newPlan, newCluster);
    }

    Serving toServing() {
      return new Serving();
    }

    /** Whoever was sent away already is not told again, and nobody gets more time than was promised to the process. */
    Ending toEnding(MovePlan fresh) {
      return new Ending(cluster ? fresh : plan.endedBy(fresh.deadlineAtMs()));
    }

    @Override
    public boolean refusesSockets(long nowMs) {
      return !cluster || nowMs >= plan.deadlineAtMs();
    }

    @Override
    public boolean refusesResumes() {
      return !cluster;
    }
  }

  /** The process ends; there is no way back. */
  record Ending(MovePlan plan) implements DrainState {
    @Override
    public boolean refusesSockets(long nowMs) {
      return true;
    }

    @Override
    public boolean refusesResumes() {
      return true;
    }
  }
}
