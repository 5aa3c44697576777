package io.vestibule.gateway.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.store.MemberStore;
import io.vestibule.gateway.members.store.MemoryMemberStore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hints that are not true do not keep users out, of however many users of a call they are. */
class MemberBookRoomTest {
  private final Vertx vertx = Vertx.vertx();
  private final MemoryMemberStore store = new MemoryMemberStore(vertx);
  private final MemberBook book = new MemberBook(store, new MemoryTopicLog(vertx), () -> 1_800_000_000_000L, notice -> { });

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void usersOfOneShardAreAllMadeRoomFor() {
    List<String> users = IntStream.range(0, 1_000).mapToObj(i -> "u" + i).filter(user -> MemberStore.shardOf(user) == 7).limit(3).toList();
    assertThat(users).hasSize(3);
    for (String user : users) {
      List<Pair> stale = IntStream.range(0, ShardMembers.TOPICS).mapToObj(i -> new Pair(user, "gone." + i)).toList();
      assertThat(store.hint(7, stale).await()).containsOnly(Room.DONE);
    }
    assertThat(book.add("conversation.a", users, false).await().members()).isEqualTo(3);
    assertThat(store.hinted(7, users).await()).containsOnly(List.of("conversation.a"));
  }
}
