package io.vestibule.cluster.hazelcast;

import static io.vestibule.cluster.TestCluster.PATIENCE;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachableMembersTest {
  private static final long SETTLED = Duration.ofSeconds(2).toNanos();

  private long now;

  @Test
  void thoseThatAnswerJustNowAndAreNotHereAreLookedFor() throws Exception {
    ServerSocket gone = talker();
    try (ServerSocket there = talker(); ServerSocket here = talker()) {
      Set<InetSocketAddress> known = Set.of(new InetSocketAddress("127.0.0.1", here.getLocalPort()));
      var members = new ReachableMembers(List.of(name(there), name(gone), name(here), "10.0.0.12"), () -> known, () -> now, PATIENCE);

      assertThat(members.getMembers()).as("they may be about to find out that they are alone").containsExactly("10.0.0.12");
      now += SETTLED;
      gone.close();
      eventually(() -> isRefusing(gone));
      assertThat(members.getMembers()).containsExactly(name(there), "10.0.0.12");
      assertThat(members.isEnabled()).isTrue();
    } finally {
      gone.close();
    }
  }

  /** The system takes connections for a process that is frozen; Hazelcast would wait 10 s for each. On a busy machine even an answer may be late: then it is asked for again. */
  @Test
  void aFrozenOneIsLeftOutSoon() throws Exception {
    try (ServerSocket frozen = listener(); ServerSocket another = listener(); ServerSocket there = talker()) {
      var members = new ReachableMembers(List.of(name(frozen), name(another), name(there)), Set::of, () -> now);
      List<Duration> took = new ArrayList<>();
      eventually(() -> {
        now += SETTLED;
        long asked = System.nanoTime();
        List<String> lookedFor = members.getMembers();
        took.add(Duration.ofNanos(System.nanoTime() - asked));
        assertThat(lookedFor).doesNotContain(name(frozen), name(another));
        return lookedFor.contains(name(there));
      });
      assertThat(Collections.min(took)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void whoWasAMemberOnceIsLookedForWhetherItIsConfiguredOrNot() throws Exception {
    try (ServerSocket there = talker(); ServerSocket once = talker()) {
      var members = new ReachableMembers(List.of(name(there)), Set::of, () -> now, PATIENCE);
      members.saw(new InetSocketAddress("127.0.0.1", once.getLocalPort()));
      members.saw(new InetSocketAddress("127.0.0.1", there.getLocalPort()));
      members.getMembers();
      now += SETTLED;
      assertThat(members.getMembers()).containsExactly(name(there), name(once));
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  /** As a member does. */
  private static ServerSocket talker() throws IOException {
    ServerSocket listener = listener();
    Thread talk = new Thread(() -> {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          socket.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().read();
        } catch (IOException closed) {
          // Its turn is over.
        }
      }
    });
    talk.setDaemon(true);
    talk.start();
    return listener;
  }

  /** Whoever waits in the accept of a listener may take one connection more after its close. */
  private static boolean isRefusing(ServerSocket listener) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
      return !probe.isConnected();
    } catch (IOException refused) {
      return true;
    }
  }

  private static String name(ServerSocket listener) {
    return "127.0.0.1:" + listener.getLocalPort();
  }
}
