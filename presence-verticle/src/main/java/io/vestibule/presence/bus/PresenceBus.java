package io.vestibule.presence.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.presence.PresenceConfig;
import io.vestibule.presence.PresenceEnvironment;
import io.vestibule.presence.core.ShardRooms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Presence on the bus: hears gateways and tells them, answers questions, and tells applications who is online, for the shards that are this node's turn. */
public final class PresenceBus {
  private static final int SHARDS = ShardKinds.PRESENCE.count();
  private static final long BEAT_MILLIS = 2_000;

  private final Vertx vertx;
  private final PresenceEnvironment environment;
  private final Bus bus;
  private final Membership membership;
  private final long tickMillis;
  private final PresenceMeters meters;
  private final OwnedShards shards;
  private final ReplicaLines gateways;
  private final ReplicaLines colleagues;
  private final Edges edges;
  private final List<Registration> registrations = new ArrayList<>();
  private long ticking;
  private long beating;

  /** Does nothing before {@link #start}. */
  public PresenceBus(Vertx vertx, PresenceEnvironment environment, PresenceConfig config) {
    this.vertx = vertx;
    this.environment = environment;
    this.bus = environment.bus();
    this.membership = environment.membership();
    this.tickMillis = config.tick().toMillis();
    this.meters = new PresenceMeters(environment.meters());
    this.shards = new OwnedShards(config.limits(), membership, new Terms(), meters);
    Outgoing outgoing = new Outgoing(bus, membership.self().id(), shards, meters);
    this.gateways = new ReplicaLines(outgoing::toGateway);
    this.colleagues = new ReplicaLines(outgoing::toColleague);
    this.edges = new Edges(shards, edge -> bus.publishJson(Addresses.PRESENCE_CHANGED, edge, null), colleagues, meters, System::currentTimeMillis);
  }

  /** Begins to serve, and to own shards, on the calling context. */
  public Future<Void> start() {
    String self = membership.self().id();
    Context context = vertx.getOrCreateContext();
    registrations.add(membership.watch(change -> context.runOnContext(here -> refresh())));
    ticking = vertx.setPeriodic(tickMillis, timer -> tick());
    beating = vertx.setPeriodic(BEAT_MILLIS, timer -> beat());
    return Future.all(
            bus.serve(Addresses.PRESENCE_STATEMENTS.at(self), (said, flow) -> Future.succeededFuture(hear(said))),
            bus.serve(Addresses.PRESENCE_SAID.at(self), (said, flow) -> Future.succeededFuture(hear(said))),
            bus.serve(Addresses.PRESENCE_QUESTION.at(self), (question, flow) -> Future.succeededFuture(find(question))))
        .onSuccess(served -> {
          registrations.addAll(served.list());
          registrations.add(environment.ownership().watch(ShardKinds.PRESENCE, shards));
        })
        .mapEmpty();
  }

  /** Gives everything up: the shards first, so that another node takes over at once. */
  public Future<Void> stop() {
    vertx.cancelTimer(ticking);
    vertx.cancelTimer(beating);
    shards.end();
    gateways.end();
    colleagues.end();
    meters.are(OwnedShards.Figures.NONE);
    List<Registration> closing = new ArrayList<>(registrations);
    Collections.reverse(closing);
    return Future.join(closing.stream().map(Registration::close).toList()).mapEmpty();
  }

  /** How presence is on this node. */
  public JsonObject health() {
    OwnedShards.Figures now = shards.figures();
    return new JsonObject().put("nodes", membership.nodesWithRole(ShardKinds.PRESENCE.role()).size())
        .put("shards", now.held()).put("complete", now.complete()).put("awaited", now.awaited());
  }

  private PresenceAnswers hear(PresenceStatements said) {
    if (said.shards().size() > SHARDS) {
      meters.refused();
      throw Failure.of(ErrorReason.MESSAGE_TOO_LARGE);
    }
    // Looked at as a whole before anything of it is believed.
    if (!said.shards().stream().allMatch(shard -> shard.number() >= 0 && shard.number() < SHARDS && ShardRooms.isSound(shard.number(), shard.update()))) {
      meters.refused();
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "shards");
    }
    refresh();
    return new PresenceAnswers(said.shards().stream().map(shard -> hear(said.gateway(), shard)).toList());
  }

  private ReplicaAnswer hear(String gateway, PresenceStatements.Shard shard) {
    ReplicaAnswer answer = shards.hear(gateway, shard.number(), shard.update());
    meters.heard(answer.outcome());
    return answer;
  }

  private PresenceAnswers hear(PresenceSaid said) {
    if (!said.shards().stream().allMatch(shard -> shard.number() >= 0 && shard.number() < SHARDS)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "shards");
    }
    return new PresenceAnswers(said.shards().stream().map(shard -> shards.hearSaid(said.owner(), shard.number(), shard.update())).toList());
  }

  private PresenceFound find(PresenceQuestion question) {
    long named = question.asks().stream().mapToLong(Ask::limit).sum();
    if (question.asks().size() > PresenceQuestion.MOST || named > PresenceQuestion.MOST_NAMED) {
      throw Failure.of(ErrorReason.MESSAGE_TOO_LARGE);
    }
    if (question.asks().stream().anyMatch(ask -> ask.limit() < 0 || ask.limit() > PresenceQuestion.MOST)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "limit");
    }
    return new PresenceFound(question.asks().stream().map(this::find).toList());
  }

  private Found find(Ask ask) {
    ShardRooms rooms = shards.current(ShardKinds.PRESENCE.shardOf(ask.topic()));
    Found found = rooms == null ? PresenceFound.UNKNOWN : rooms.view(ask.topic()).map(view -> new Found(view.members().size(), view.page(ask.after(), ask.limit()),
        view.members().isEmpty() ? shards.lastSeen(ask.topic(), System.currentTimeMillis()) : 0)).orElse(PresenceFound.UNKNOWN);
    meters.asked(found.count() >= 0);
    return found;
  }

  private void refresh() {
    shards.refresh();
    gateways.nodesAre(shards.live());
    colleagues.nodesAre(shards.colleagues());
  }

  private void tick() {
    refresh();
    if (!shards.touched().isEmpty()) {
      gateways.due(shards.touched());
      edges.due(shards.touched());
      shards.touched().clear();
    }
    // Whoever has been cut off sees everybody go, and is mistaken.
    if (!shards.isCutOff()) {
      edges.flush();
    }
    gateways.flush();
    colleagues.flush();
  }

  private void beat() {
    shards.beat();
    gateways.beat();
    colleagues.beat();
    meters.are(shards.figures());
  }

  /** By the terms of this node's shards. */
  private final class Terms implements OwnedShards.Tenure {
    @Override
    public boolean isCurrent(int shard, long term) {
      return environment.ownership().isCurrent(ShardKinds.PRESENCE, shard, term);
    }

    @Override
    public void dispute(int shard, long term, long seen) {
      environment.ownership().dispute(ShardKinds.PRESENCE, shard, term, seen);
    }
  }
}
