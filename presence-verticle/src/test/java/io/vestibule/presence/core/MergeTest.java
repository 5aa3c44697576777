package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeTest {
  private static final UserStatus BUSY = new UserStatus("busy", "{}", 9);
  private static final Here AWAY = new Here(0, 5, true, BUSY, "{\"old\":1}");

  @Test
  void whoIsAwayHasNoConnectionAndTheDataThatHeHad() {
    assertThat(Merge.of(List.of(AWAY))).isEqualTo(new Member(0, 5, new UserStatus("away", "{}", 9), "{\"old\":1}"));
    assertThat(Merge.of(List.of(AWAY, new Here(0, 3, true, UserStatus.ONLINE, null)))).isEqualTo(new Member(0, 3, new UserStatus("away", "{}", 9), "{\"old\":1}"));
  }

  @Test
  void whoIsElsewhereTooOrLingersThereIsNotAway() {
    Here there = new Here(2, 7, UserStatus.ONLINE, null);
    assertThat(Merge.of(List.of(AWAY, there))).isEqualTo(new Member(2, 7, UserStatus.ONLINE, null));
    Here lingers = new Here(0, 7, UserStatus.ONLINE, null);
    assertThat(Merge.of(List.of(lingers, AWAY))).isEqualTo(new Member(1, 7, UserStatus.ONLINE, null));
  }

  @Test
  void theInfoIsThatOfTheTokenThatCameLastOnWhicheverNode() {
    Here first = new Here(2, 1, false, UserStatus.ONLINE, "{\"n\":3}", 30);
    Here second = new Here(1, 20, false, UserStatus.ONLINE, "{\"n\":2}", 20);
    for (List<Here> said : List.of(List.of(first, second), List.of(second, first))) {
      assertThat(Merge.of(said)).isEqualTo(new Member(3, 1, UserStatus.ONLINE, "{\"n\":3}"));
    }
  }
}
