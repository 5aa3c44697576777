package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import org.junit.jupiter.api.Test;

class RoomTest {
  private final Room room = new Room("a", new RoomLimits(10, 1));

  private static Here here(long sinceMs) {
    return new Here(1, sinceMs, UserStatus.ONLINE, null);
  }

  @Test
  void whoGoesOnElsewhereIsThereSinceHeCame() {
    room.stated("g1", "ann", here(5));
    room.stated("g2", "ann", here(9));
    room.stated("g1", "ann", null);
    assertThat(room.members().get("ann").sinceMs()).isEqualTo(5);
    room.stated("g3", "ann", here(3));
    assertThat(room.members().get("ann").sinceMs()).as("an earlier one was heard of late").isEqualTo(3);
    room.stated("g2", "ann", null);
    room.stated("g3", "ann", null);
    room.stated("g2", "ann", here(20));
    assertThat(room.members().get("ann").sinceMs()).as("he was gone").isEqualTo(20);
  }
}
