package io.vestibule.gateway.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateFramesTest {
  private final StateFrames frames = new StateFrames(new FrameEncoder(() -> 0));

  private static PresenceState state(String user, boolean sampled) {
    return new PresenceState(null, "a", 3, 1_000, List.of(new Named(user, new Member(1, 1, UserStatus.ONLINE, null))), sampled);
  }

  @Test
  void theSameStateIsWrittenOnce() {
    assertThat(frames.of(state("ann", false))).isSameAs(frames.of(state("ann", false)));
  }

  @Test
  void aSampleNamesWhoIsThereNow() {
    frames.of(state("ann", true));
    assertThat(frames.of(state("bob", true)).toString()).contains("bob").doesNotContain("ann");
  }
}
