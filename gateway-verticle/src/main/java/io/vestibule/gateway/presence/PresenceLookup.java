package io.vestibule.gateway.presence;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the nodes that own the topics who is in them: each is asked once, all at the same time. Any thread. */
public final class PresenceLookup {
  private final Bus bus;
  private final ShardDirectory directory;

  public PresenceLookup(Bus bus, Membership membership) {
    this.bus = bus;
    this.directory = new ShardDirectory(membership);
  }

  /**
   * Asks.
   *
   * @param asks at most {@link PresenceQuestion#MOST}
   * @param deadline how long the owners have
   * @return one for each, in their order, {@link PresenceFound#UNKNOWN} where nobody who knows answered in time; never fails
   */
  public Future<List<Found>> ask(List<Ask> asks, Duration deadline, String correlationId) {
    Found[] found = new Found[asks.size()];
    Arrays.fill(found, PresenceFound.UNKNOWN);
    List<Future<Void>> answers = new ArrayList<>();
    byOwner(asks).forEach((node, places) -> answers.add(
        bus.request(Addresses.PRESENCE_QUESTION.at(node), new PresenceQuestion(places.stream().map(asks::get).toList()), deadline, correlationId)
            .onSuccess(answer -> fill(found, places, answer.found())).mapEmpty()));
    return Future.join(answers).transform((all, some) -> Future.succeededFuture(List.of(found)));
  }

  /** Which of the topics each node is to be asked about. */
  private Map<String, List<Integer>> byOwner(List<Ask> asks) {
    Map<Integer, Optional<String>> owners = new HashMap<>();
    Map<String, List<Integer>> byOwner = new LinkedHashMap<>();
    for (int i = 0; i < asks.size(); i++) {
      int place = i;
      owners.computeIfAbsent(ShardKinds.PRESENCE.shardOf(asks.get(i).topic()), shard -> directory.ownerOf(ShardKinds.PRESENCE, shard).map(NodeRef::id))
          .ifPresent(node -> byOwner.computeIfAbsent(node, first -> new ArrayList<>()).add(place));
    }
    return byOwner;
  }

  /** An answer of another length belongs to no question of ours, and says nothing. */
  private static void fill(Found[] found, List<Integer> places, List<Found> answer) {
    if (answer.size() == places.size()) {
      for (int i = 0; i < places.size(); i++) {
        found[places.get(i)] = answer.get(i);
      }
    }
  }
}
