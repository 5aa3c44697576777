package io.vestibule.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class NodeTableTest {
  private static final NodeRef SELF = node("m");

  /** News of presence and of names in any order, against two sets. */
  @Property(tries = 500)
  void theViewIsWhoIsPresentAndKnown(@ForAll long seed) {
    Random random = new Random(seed);
    NodeTable table = new NodeTable(SELF);
    Set<String> present = new HashSet<>(Set.of("m"));
    Set<String> known = new HashSet<>(Set.of("m"));
    ClusterView before = table.view();
    for (int step = 0; step < 60; step++) {
      String id = String.valueOf((char) ('a' + random.nextInt(20)));
      if (random.nextBoolean()) {
        if (!present.remove(id)) {
          present.add(id);
        }
        present.add("m");
        known.retainAll(present);
        table.present(new ArrayList<>(present));
      } else {
        table.learned(node(id));
        if (present.contains(id)) {
          known.add(id);
        }
      }
      ClusterView now = table.view();
      assertThat(now.nodes()).extracting(NodeRef::id).isEqualTo(List.copyOf(new TreeSet<>(known)));
      assertThat(now.nodes()).contains(SELF);
      assertThat(now.version() > before.version()).isEqualTo(!now.nodes().equals(before.nodes()));
      Set<String> strangers = new HashSet<>(present);
      strangers.removeAll(known);
      assertThat(table.strangers()).isEqualTo(strangers);
      before = now;
    }
  }

  private static NodeRef node(String id) {
    return new NodeRef(id, "name-" + id, Set.of("presence"));
  }
}
