package io.vestibule.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachableMembersTest {
  @Test
  void thoseThatTakeAConnectionJustNowAreMembers() throws Exception {
    ServerSocket gone = listener();
    try (ServerSocket there = listener()) {
      var members = new ReachableMembers(List.of(name(there), name(gone), "10.0.0.12"));

      assertThat(members.getMembers()).containsExactly(name(there), name(gone), "10.0.0.12");
      gone.close();
      assertThat(members.getMembers()).containsExactly(name(there), "10.0.0.12");
      assertThat(members.isEnabled()).isTrue();
    } finally {
      gone.close();
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static String name(ServerSocket listener) {
    return "127.0.0.1:" + listener.getLocalPort();
  }
}
