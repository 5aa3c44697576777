package io.vestibule.contract.bus;

import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.contract.replica.ReplicaUpdate.Entry;
import java.util.List;

/** One of each kind of what gateways and owners of presence say to each other, with every optional part once there and once not. */
final class PresenceWireSamples {
  private static final UserStatus BUSY = new UserStatus("busy", "{}", 2_000);
  private static final PresenceKey USER = new PresenceKey("t", "u");
  private static final Known.Member MEMBER = new Known.Member(2, 1_000, BUSY, "{}");

  private PresenceWireSamples() {}

  static PresenceStatements statements() {
    return new PresenceStatements("g", List.of(new PresenceStatements.Shard(5, new ReplicaUpdate<>(1, 9, 2, 3, false, true, 4, List.of(
        new Entry<>(USER, new Statement.Here(2, 1_000, BUSY, "{}")), new Entry<>(PresenceKey.of("t"), new Statement.Watched()),
        new Entry<>(USER, null), new Entry<>(USER, new Statement.Here(0, 1_000, true, BUSY, null)))))));
  }

  static PresenceNews news() {
    return new PresenceNews("o", List.of(new PresenceNews.Shard(5, new ReplicaUpdate<>(1, 0, 0, 3, true, false, 4, List.of(
        new Entry<>(USER, MEMBER), new Entry<>(PresenceKey.of("t"), new Known.Room(7, true)))))));
  }

  static PresenceSaid said() {
    return new PresenceSaid("o", List.of(new PresenceSaid.Shard(5, new ReplicaUpdate<>(1, 0, 2, 3, false, true, 4, List.of(new Entry<>("user.a", SaidUser.online("a")), new Entry<>("user.b", null), new Entry<>("user.c", new SaidUser("c", 1_000)))))));
  }

  static PresenceAnswers answers() {
    return new PresenceAnswers(List.of(new ReplicaAnswer(Outcome.APPLIED, 0), new ReplicaAnswer(Outcome.WHOLE_WANTED, 9), ReplicaAnswer.notMine(), new ReplicaAnswer(Outcome.NOT_MINE, 9, 7)));
  }

  static PresenceQuestion question() {
    return new PresenceQuestion(List.of(new PresenceQuestion.Ask("t", null, 0), new PresenceQuestion.Ask("t", "u", 9)));
  }

  static PresenceFound found() {
    return new PresenceFound(List.of(PresenceFound.UNKNOWN, new PresenceFound.Found(1, List.of(new PresenceFound.Named("u", MEMBER))), new PresenceFound.Found(0, List.of(), 1_000)));
  }
}
