package io.vestibule.cluster.ownership;

import java.util.List;

class LocalTermStoreTest extends TermStoreContract {
  private final TermStore store = new LocalTermStore();

  @Override
  protected List<TermStore> stores() {
    return List.of(store);
  }
}
