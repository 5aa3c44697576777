package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.SessionClaim;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** Deliberate bugs: the production core, except for one thing that it is told or says. Each names the invariant that it breaks. */
enum Bug {
  NONE(0),
  SLOTS_COUNT_WHEN_THEY_ARE_USED(1) {
    @Override
    Slots slots(IntSupplier used) {
      return new Slots() {
        @Override
        boolean hasRoom() {
          return capacity() == 0 || used.getAsInt() < capacity();
        }
      };
    }
  },
  A_TOKEN_IS_GIVEN_AGAIN(2) {
    @Override
    Stream<QueueEffect> effect(QueueEffect right) {
      if (right instanceof QueueEffect.Answer answer && answer.answer() instanceof Admitted in && in.resumed()) {
        SessionClaim claim = in.claim();
        SessionClaim old = new SessionClaim(claim.user(), claim.session(), claim.generation() - 1, claim.joinedAtMs(), claim.userClass());
        return Stream.of(new QueueEffect.Answer(answer.ref(), new Admitted(old, true, in.claimByMs(), in.version(), in.state(), in.quota())));
      }
      return Stream.of(right);
    }
  },
  THE_CLOCK_IS_READ_EACH_MINUTE(3) {
    @Override
    long clock(long nowMs) {
      return nowMs - nowMs % 60_000;
    }
  },
  THE_TERM_STAYS(4) {
    @Override
    long term(long right) {
      return 1;
    }
  },
  CREDIT_COUNTS_TWICE(5) {
    @Override
    QueueRules rules(QueueRules right) {
      return with(right, Map.of("gold", 20_000L), right.slotGraceMs());
    }
  },
  RANKS_BEGIN_WITH_2(6) {
    @Override
    Standing standing(Standing right) {
      return new Standing(right.position() + 1, right.waiting() + 1, right.etaMs(), right.etaHighMs(), right.rose(), right.pollAfterMs());
    }
  },
  POSITIONS_RISE_WITHOUT_A_REASON(6) {
    @Override
    Standing standing(Standing right) {
      return because(right, null);
    }
  },
  THE_REASON_IS_ANOTHER(6) {
    @Override
    Standing standing(Standing right) {
      return because(right, right.rose() == null ? null : right.rose() == Rise.RETURNED ? Rise.PRIORITY : Rise.RETURNED);
    }
  },
  THE_LAST_SLOT_IS_SPARED(7) {
    @Override
    Slots slots(IntSupplier used) {
      return new Slots() {
        @Override
        boolean hasRoom() {
          return capacity() == 0 || held() < capacity() - 1;
        }
      };
    }
  },
  THE_INFLOW_IS_A_THIRD(7) {
    @Override
    QueueEvent event(QueueEvent right) {
      return right instanceof QueueEvent.Resized resized && resized.admissionsPerSecond() > 0
          ? new QueueEvent.Resized(resized.capacity(), resized.admissionsPerSecond() / 3) : right;
    }
  },
  GRACE_IS_SHORT(8) {
    @Override
    QueueRules rules(QueueRules right) {
      return with(right, right.credits(), right.slotGraceMs() / 2);
    }
  },
  SLOTS_ARE_FREED_TWICE(9) {
    @Override
    Stream<QueueEffect> effect(QueueEffect right) {
      return right instanceof QueueEffect.FreeSlot ? Stream.of(right, right) : Stream.of(right);
    }
  },
  JOINING_AGAIN_GOES_TO_THE_END(9) {
    @Override
    Stream<QueueEffect> effect(QueueEffect right) {
      return right instanceof QueueEffect.PutPlace put && put.place().sessions().size() > 1
          ? Stream.of(new QueueEffect.PutPlace(of(put.place(), put.place().order() + 1, put.place().sessions()))) : Stream.of(right);
    }
  },
  SESSIONS_GO_WHERE_NOBODY_ASKED(10) {
    @Override
    Stream<QueueEffect> effect(QueueEffect right) {
      return right instanceof QueueEffect.PutPlace put
          ? Stream.of(new QueueEffect.PutPlace(of(put.place(), put.place().order(), put.place().sessions().stream().map(Bug::astray).toList()))) : Stream.of(right);
    }
  };

  /** The invariant that it breaks; 0: none. */
  final int invariant;

  Bug(int invariant) {
    this.invariant = invariant;
  }

  /**
   * How slots are counted.
   *
   * @param used how many places have a socket
   */
  Slots slots(IntSupplier used) {
    return new Slots();
  }

  QueueRules rules(QueueRules right) {
    return right;
  }

  long term(long right) {
    return right;
  }

  long clock(long nowMs) {
    return nowMs;
  }

  QueueEvent event(QueueEvent right) {
    return right;
  }

  Standing standing(Standing right) {
    return right;
  }

  Stream<QueueEffect> effect(QueueEffect right) {
    return Stream.of(right);
  }

  /** What the core says, with the bug. */
  final List<QueueEffect> effects(List<QueueEffect> right) {
    return right.stream().map(this::restated).flatMap(this::effect).toList();
  }

  private QueueEffect restated(QueueEffect right) {
    if (right instanceof QueueEffect.Answer answer && answer.answer() instanceof Waiting waiting) {
      AdmissionAnswer said = new Waiting(waiting.claim(), standing(waiting.standing()), waiting.state(), waiting.quota());
      return new QueueEffect.Answer(answer.ref(), said);
    } else if (right instanceof QueueEffect.Notify notify && notify.notice() instanceof Moved moved) {
      return new QueueEffect.Notify(notify.gateway(), new Moved(moved.queue(), moved.connection(), standing(moved.standing())));
    }
    return right;
  }

  private static Standing because(Standing right, Rise rose) {
    return new Standing(right.position(), right.waiting(), right.etaMs(), right.etaHighMs(), rose, right.pollAfterMs());
  }

  private static QueueRules with(QueueRules right, Map<String, Long> credits, long slotGraceMs) {
    return new QueueRules(right.name(), right.capacity(), right.admissionsPerSecond(), credits, right.maxConnectionsPerUser(), right.replaceOldest(), slotGraceMs,
        right.sessionTtlMs(), right.claimMs(), right.awayMs(), right.maxWaiting(), right.maxSessionState(), right.userJoins());
  }

  private static PlaceRecord of(PlaceRecord right, long order, List<SessionRecord> sessions) {
    return new PlaceRecord(right.id(), right.user(), right.userClass(), right.stage(), right.joinedAtMs(), order, right.untilMs(), right.slot(), sessions);
  }

  private static SessionRecord astray(SessionRecord right) {
    Holder holder = right.holder() == null || !right.holder().isSocket() ? right.holder() : new Holder("g1", right.holder().connection());
    return new SessionRecord(right.number(), right.generation(), right.confirmed(), right.attempt(), holder, right.device(), right.untilMs(), right.failures(),
        right.notBeforeMs(), right.enteredAtMs(), right.version(), right.state());
  }
}
