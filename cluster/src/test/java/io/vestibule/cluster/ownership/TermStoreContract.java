package io.vestibule.cluster.ownership;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of terms keeps to. */
public abstract class TermStoreContract {
  protected static final ShardKind KIND = new ShardKind("queue", "admission", 8);
  private static final ShardKind OTHER = new ShardKind("presence", "presence", 8);

  /** Stores that share their terms, on as many nodes as there are; empty at the start of each test. */
  protected abstract List<TermStore> stores();

  @Test
  void aShardThatNobodyHeldHasNoTerm() {
    stores().forEach(store -> assertThat(await(store.read(KIND, 0))).isEqualTo(Term.NONE));
  }

  @Test
  void aRaisedTermIsSeenEverywhere() {
    Term first = Term.NONE.next("a");
    assertThat(await(stores().get(0).raise(KIND, 1, Term.NONE, first))).isEqualTo(first);
    Term second = first.next("b");
    assertThat(await(stores().get(0).raise(KIND, 1, first, second))).isEqualTo(second);
    stores().forEach(store -> assertThat(await(store.read(KIND, 1))).isEqualTo(second));
    assertThat(await(stores().get(0).read(OTHER, 1))).isEqualTo(Term.NONE);
  }

  @Test
  void aClaimThatComesTooLateChangesNothing() {
    TermStore store = stores().get(0);
    Term held = Term.NONE.next("a");
    await(store.raise(KIND, 2, Term.NONE, held));
    assertThat(await(store.raise(KIND, 2, Term.NONE, Term.NONE.next("late")))).isEqualTo(held);
    assertThat(await(store.raise(KIND, 2, new Term(9, "x"), new Term(10, "late")))).isEqualTo(held);
    assertThat(await(store.raise(KIND, 2, new Term(1, "x"), new Term(2, "late")))).isEqualTo(held);
  }

  @Test
  void ofManyClaimsAtOnceOneWins() {
    List<Future<Term>> claims = IntStream.range(0, 24)
        .mapToObj(i -> stores().get(i % stores().size()).raise(KIND, 3, Term.NONE, Term.NONE.next("n" + i))).toList();
    List<Term> answers = claims.stream().map(io.vestibule.cluster.TestCluster::await).toList();
    assertThat(answers.stream().distinct()).hasSize(1);
    assertThat(await(stores().get(0).read(KIND, 3))).isEqualTo(answers.get(0));
  }

  @Test
  void severalAreReadAtOnceWithThoseThatNobodyHeld() {
    TermStore store = stores().get(0);
    Term held = Term.NONE.next("a");
    await(store.raise(KIND, 4, Term.NONE, held));
    assertThat(await(store.readAll(KIND, Set.copyOf(Arrays.asList(4, 5)))))
        .containsOnlyKeys(4, 5).containsEntry(4, held).containsEntry(5, Term.NONE);
  }
}
