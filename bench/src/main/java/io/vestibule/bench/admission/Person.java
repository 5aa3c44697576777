package io.vestibule.bench.admission;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.ErrorReason;

/** Somebody who wants in, waits on a socket or over HTTP, is dropped and comes back, gives up, or stays for a while and leaves. */
final class Person {
  private final Simulation world;
  private final Temper temper;
  private final String user;
  private String gateway;
  private String connection;
  private SessionClaim claim;
  private boolean in;
  private boolean gone;
  private boolean wasIn;
  private boolean asking;
  private long endsAtMs;
  private int attempts;
  private long position;

  /**
   * What somebody is like; times in milliseconds.
   *
   * @param userClass the priority class, or null
   * @param http whether it waits over HTTP
   * @param comes whether it opens a socket once it is admitted; only of those at HTTP
   * @param patienceMs how long it waits before it gives up
   * @param sessionMs how long it stays
   * @param dropAfterMs when its socket breaks after it joined, and again after that long; 0: it does not
   * @param awayMs how long it needs to come back
   * @param says whether it says that it leaves
   */
  record Temper(String userClass, boolean http, boolean comes, long patienceMs, long sessionMs, long dropAfterMs, long awayMs, boolean says) {}

  Person(Simulation world, String user, Temper temper) {
    this.world = world;
    this.user = user;
    this.temper = temper;
  }

  /** What its last token says, or null. */
  SessionClaim claim() {
    return claim;
  }

  /** Whether it knows that it is in. */
  boolean isIn() {
    return in;
  }

  /** Where in line it was told that it is, or 0. */
  long position() {
    return in ? 0 : position;
  }

  void arrive() {
    gateway = world.gateway();
    connection = temper.http ? null : world.cluster.connect(gateway, this);
    asking = true;
    var join = new AdmissionCommand.Join(Simulation.QUEUE, user, user + "/" + attempts++, new Holder(gateway, connection), temper.userClass, -1, "device", null);
    world.cluster.ask(gateway, join, this::answered);
    world.time.after(temper.patienceMs, this::giveUp);
    if (temper.dropAfterMs > 0 && !temper.http) {
      world.time.after(temper.dropAfterMs, this::drop);
    }
  }

  void hear(AdmissionNotice notice) {
    if (gone) {
      return;
    }
    if (notice instanceof AdmissionNotice.Promoted promoted) {
      enter(promoted.admitted());
    } else if (notice instanceof AdmissionNotice.Moved moved) {
      hear(moved.standing());
    } else if (notice instanceof AdmissionNotice.Requeued requeued) {
      claim = requeued.waiting().claim();
      stepOut();
    } else if (notice instanceof AdmissionNotice.Ended) {
      vanish();
    }
  }

  private void answered(AdmissionAnswer answer) {
    asking = false;
    if (answer instanceof Admitted admitted) {
      claim = admitted.claim();
      if (gone) {
        leave();
      } else if (connection != null) {
        enter(admitted);
      } else if (temper.comes) {
        world.time.after(world.between(500, 5_000), this::resume);
      }
    } else if (answer instanceof Waiting waiting) {
      claim = waiting.claim();
      if (gone) {
        leave();
        return;
      }
      hear(waiting.standing());
      if (connection == null && temper.http) {
        world.time.after(waiting.standing().pollAfterMs(), this::poll);
      }
    } else if (answer instanceof AdmissionAnswer.Refused refused) {
      refused(refused);
    }
  }

  /** Who is told to come later does; any other no is the end. */
  private void refused(AdmissionAnswer.Refused refused) {
    boolean later = refused.reason() == ErrorReason.TOO_MANY_JOINS || refused.reason() == ErrorReason.TOO_SOON;
    if (!gone && later && claim != null) {
      closeSocket();
      world.time.after(refused.retryAfterMs(), this::resume);
    } else {
      if (wasIn && !gone) {
        world.observer.lost(refused.reason());
      }
      vanish();
    }
  }

  private void hear(Standing standing) {
    position = standing.position();
    if (claim != null) {
      world.observer.told(claim.session().place(), standing);
    }
  }

  private void enter(Admitted admitted) {
    claim = admitted.claim();
    world.cluster.ask(gateway, new AdmissionCommand.Confirm(Simulation.QUEUE, claim.session(), claim.generation()), done -> { });
    if (in) {
      return;
    }
    in = true;
    world.observer.entered(!wasIn);
    if (!wasIn) {
      wasIn = true;
      endsAtMs = world.time.nowMs() + temper.sessionMs;
    }
    world.time.after(endsAtMs - world.time.nowMs(), this::finish);
  }

  private void finish() {
    if (!gone && in && world.time.nowMs() >= endsAtMs) {
      gone = true;
      leave();
    }
  }

  private void giveUp() {
    if (!gone && !wasIn) {
      gone = true;
      if (claim != null && !asking) {
        leave();
      }
    }
  }

  /** Leaves, with a word or without. */
  private void leave() {
    if (temper.says && claim != null) {
      world.cluster.ask(gateway, new AdmissionCommand.Leave(Simulation.QUEUE, claim.session()), done -> { });
      closeSocket();
    } else {
      detach();
    }
  }

  private void drop() {
    if (gone || claim == null || connection == null || asking) {
      return;
    }
    detach();
    world.time.after(temper.awayMs, this::resume);
    world.time.after(temper.awayMs + temper.dropAfterMs, this::drop);
  }

  private void detach() {
    if (connection != null) {
      world.cluster.ask(gateway, new AdmissionCommand.Detach(Simulation.QUEUE, claim.session(), new Holder(gateway, connection)), done -> { });
    }
    closeSocket();
  }

  /** Its node closes its socket, because it cannot tell for how long the slot is there, and says that it is to come back. */
  void cutOff() {
    if (!gone && in) {
      closeSocket();
      world.time.after(world.between(100, 3_000), this::resume);
    }
  }

  /** Comes with its token, on a socket and on any node. */
  private void resume() {
    if (gone || connection != null) {
      return;
    }
    gateway = world.gateway();
    connection = world.cluster.connect(gateway, this);
    asking = true;
    world.cluster.ask(gateway, new AdmissionCommand.Resume(Simulation.QUEUE, user + "/" + attempts++, claim, new Holder(gateway, connection)), this::answered);
  }

  private void poll() {
    if (!gone && connection == null && !in) {
      asking = true;
      world.cluster.ask(gateway, new AdmissionCommand.Poll(Simulation.QUEUE, claim), this::answered);
    }
  }

  private void vanish() {
    gone = true;
    closeSocket();
  }

  private void closeSocket() {
    if (connection != null) {
      world.cluster.disconnect(gateway, connection);
      connection = null;
    }
    stepOut();
  }

  private void stepOut() {
    if (in) {
      in = false;
      world.observer.left();
    }
  }
}
