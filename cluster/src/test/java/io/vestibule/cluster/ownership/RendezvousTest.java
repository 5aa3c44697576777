package io.vestibule.cluster.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final int SHARDS = 1024;
  private static final List<String> GOLDEN = List.of("alpha", "gamma", "beta", "beta", "alpha", "beta");

  @Test
  void choicesAreStableAcrossVersions() {
    List<String> nodes = List.of("alpha", "beta", "gamma");
    assertThat(List.of(choose("presence", 0, nodes), choose("presence", 1, nodes), choose("presence", 2, nodes),
        choose("queue", 0, nodes), choose("queue", 1, nodes), choose("queue", 2, nodes)))
        .isEqualTo(GOLDEN);
    // FNV-1a of the nine letters, computed with another program.
    assertThat(Rendezvous.hash("vestibule")).isEqualTo(0x3628_7445_6366_2888L);
  }

  @Property(tries = 200)
  void theOrderInWhichNodesAreKnownDoesNotMatter(@ForAll @IntRange(min = 1, max = 12) int size, @ForAll long seed) {
    List<String> nodes = nodes(size, seed);
    List<String> shuffled = new ArrayList<>(nodes);
    Collections.shuffle(shuffled, new Random(seed));
    for (int shard = 0; shard < 64; shard++) {
      assertThat(choose("k", shard, shuffled)).isEqualTo(choose("k", shard, nodes));
    }
  }

  @Property(tries = 100)
  void aNodeThatLeavesMovesOnlyItsOwnShards(@ForAll @IntRange(min = 2, max = 12) int size, @ForAll long seed) {
    List<String> nodes = nodes(size, seed);
    List<String> fewer = nodes.subList(1, size);
    for (int shard = 0; shard < SHARDS; shard++) {
      String before = choose("k", shard, nodes);
      if (!before.equals(nodes.get(0))) {
        assertThat(choose("k", shard, fewer)).isEqualTo(before);
      }
    }
  }

  @Property(tries = 100)
  void aNodeThatJoinsTakesItsShareAndNoMore(@ForAll @IntRange(min = 1, max = 12) int size, @ForAll long seed) {
    List<String> more = nodes(size + 1, seed);
    List<String> nodes = more.subList(0, size);
    int moved = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      String after = choose("k", shard, more);
      if (!after.equals(choose("k", shard, nodes))) {
        assertThat(after).isEqualTo(more.get(size));
        moved++;
      }
    }
    assertThat(moved).isBetween(share(size + 1) / 2, share(size + 1) * 2);
  }

  @Property(tries = 100)
  void shardsAreSpreadEvenly(@ForAll @IntRange(min = 1, max = 12) int size, @ForAll long seed) {
    Map<String, Integer> owned = new HashMap<>();
    List<String> nodes = nodes(size, seed);
    for (int shard = 0; shard < SHARDS; shard++) {
      owned.merge(choose("k", shard, nodes), 1, Integer::sum);
    }
    assertThat(owned.values()).hasSize(size).allSatisfy(count ->
        assertThat(count).isBetween(share(size) / 2, share(size) * 2));
  }

  @Test
  void withoutNodesNobodyOwnsAnything() {
    assertThat(Rendezvous.choose("k", 0, List.of())).isEmpty();
  }

  @Test
  void namesAreSpreadOverShards() {
    ShardKind kind = new ShardKind("queue", "admission", 16);
    int[] names = new int[16];
    for (int i = 0; i < 16_000; i++) {
      names[kind.shardOf("queue-" + i)]++;
    }
    assertThat(java.util.stream.IntStream.of(names).boxed().toList()).allSatisfy(count -> assertThat(count).isBetween(800, 1200));
  }

  private static int share(int nodes) {
    return SHARDS / nodes;
  }

  private static String choose(String kind, int shard, List<String> nodes) {
    return Rendezvous.choose(kind, shard, nodes).orElseThrow();
  }

  private static List<String> nodes(int size, long seed) {
    Random random = new Random(seed);
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(new java.util.UUID(random.nextLong(), random.nextLong()).toString());
    }
    return nodes;
  }
}
