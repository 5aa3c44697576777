package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.gateway.api.ServerCall.Batch;
import io.vestibule.gateway.api.ServerCall.Broadcast;
import io.vestibule.gateway.api.ServerCall.Disconnect;
import io.vestibule.gateway.api.ServerCall.Payload;
import io.vestibule.gateway.api.ServerCall.OfMembers;
import io.vestibule.gateway.api.ServerCall.Presence;
import io.vestibule.gateway.api.ServerCall.Publish;
import io.vestibule.gateway.api.ServerCall.ReadHistory;
import io.vestibule.gateway.api.ServerCall.SetAttributes;
import io.vestibule.gateway.api.ServerCall.Stats;
import io.vestibule.gateway.api.ServerCall.Subscribe;
import io.vestibule.gateway.api.ServerCall.Unsubscribe;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.List;
import java.util.function.LongSupplier;

/** What servers may ask of the gateway, whichever way the call came in (docs/protocol.md, Server API). One for each event loop. */
public final class ServerApi {
  private static final EventLog LOG = EventLog.of(ServerApi.class);

  private final Publisher publisher;
  private final Permissions permissions;
  private final ClusterCommands commands;
  private final PresenceCalls presence;
  private final MemberCalls members;
  private final History history;
  private final FeedStats stats;
  private final LongSupplier monotonicMs;

  /**
   * The API of an event loop.
   *
   * @param publisher this event loop's
   * @param presence answers who is there
   * @param members says who is a member of what
   * @param history answers what is kept of topics
   * @param stats answers how feeds are
   * @param monotonicMs milliseconds since some moment
   */
  public ServerApi(Publisher publisher, Permissions permissions, ClusterCommands commands, PresenceCalls presence, MemberCalls members, History history, FeedStats stats,
      LongSupplier monotonicMs) {
    this.publisher = publisher;
    this.permissions = permissions;
    this.commands = commands;
    this.presence = presence;
    this.members = members;
    this.history = history;
    this.stats = stats;
    this.monotonicMs = monotonicMs;
  }

  /**
   * Executes a call.
   *
   * @return the answer's body; fails with a {@link Failure}
   */
  public Future<JsonObject> execute(ServerCall call, Caller caller, String correlationId) {
    try {
      caller.require(call.name());
      return dispatch(call, caller, correlationId).recover(failed -> Future.failedFuture(asFailure(failed, correlationId)));
    } catch (RuntimeException refused) {
      return Future.failedFuture(asFailure(refused, correlationId));
    }
  }

  private Future<JsonObject> dispatch(ServerCall call, Caller caller, String correlationId) {
    if (call instanceof Publish publish) {
      return publish(publish.topic(), publish.payload(), caller.principal(), correlationId)
          .map(published -> answer(publish.topic(), published));
    }
    if (call instanceof Broadcast broadcast) {
      return broadcast(broadcast, caller.principal(), correlationId);
    }
    if (call instanceof Disconnect disconnect) {
      return tell(new GatewayCommand.Disconnect(disconnect.target(), disconnect.message()), correlationId);
    }
    if (call instanceof Subscribe subscribe) {
      permissions.checkSubscribe(nobodyInParticular(caller.principal()), TopicPattern.parse(subscribe.topic()));
      return tell(new GatewayCommand.Subscribe(subscribe.target(), subscribe.topic()), correlationId);
    }
    if (call instanceof Unsubscribe unsubscribe) {
      TopicPattern.parse(unsubscribe.topic());
      return tell(new GatewayCommand.Unsubscribe(unsubscribe.target(), unsubscribe.topic()), correlationId);
    }
    if (call instanceof SetAttributes set) {
      return tell(new GatewayCommand.SetAttributes(set.target(), set.attributes()), correlationId);
    }
    if (call instanceof Presence asked) {
      return presence.execute(asked, caller.principal(), correlationId);
    }
    if (call instanceof OfMembers ofMembers) {
      return members.execute(ofMembers, caller.principal());
    }
    if (call instanceof ReadHistory read) {
      return history(read.query(), caller.principal());
    }
    if (call instanceof Stats asked) {
      return stats.of(asked.feed(), correlationId);
    }
    return new BatchRun((Batch) call, entry -> execute(entry, caller, correlationId), monotonicMs).run();
  }

  /** Whoever holds a token with {@code caps.api} must not let others in on the topic that is its own. */
  private static Principal nobodyInParticular(Principal caller) {
    return new Principal(null, null, caller.subscribe(), caller.publish(), true);
  }

  private static JsonObject answer(String topic, Published published) {
    JsonObject answer = new JsonObject().put("topic", topic);
    if (published.position() != null) {
      answer.put("epoch", published.position().epochText()).put("offset", published.position().offset());
    }
    return published.duplicate() ? answer.put("duplicate", true) : answer;
  }

  private Future<JsonObject> history(History.Query query, Principal principal) {
    TopicName.requirePublishable(query.topic());
    permissions.checkRead(principal, query.topic());
    return history.read(query).map(page -> new JsonObject().put("topic", query.topic())
        .put("epoch", page.epoch() == 0 ? null : new Position(page.epoch(), 0).epochText())
        .put("messages", new JsonArray(page.messages().stream().map(JsonObject::new).toList()))
        .put("hasMore", page.hasMore()));
  }

  private Future<Published> publish(String topic, Payload payload, Principal principal, String correlationId) {
    TopicName.requirePublishable(topic);
    permissions.checkPublish(principal, topic);
    permissions.checkPayload(topic, payload.data().length());
    return publisher.publish(new Publication(topic, payload.data(), payload.eventType(), payload.metadata(), payload.messageId(),
        principal.userId(), null), correlationId);
  }

  private Future<JsonObject> broadcast(Broadcast call, Principal principal, String correlationId) {
    List<Future<Published>> sent = call.topics().stream()
        .map(topic -> Future.succeededFuture().compose(now -> publish(topic, call.payload(), principal, correlationId))).toList();
    return Future.join(sent).transform((all, some) -> {
      JsonArray failed = new JsonArray();
      for (int i = 0; i < sent.size(); i++) {
        if (sent.get(i).failed()) {
          failed.add(new JsonObject().put("topic", call.topics().get(i))
              .put("error", FailureJson.of(asFailure(sent.get(i).cause(), correlationId))));
        }
      }
      return Future.succeededFuture(new JsonObject().put("published", sent.size() - failed.size()).put("failed", failed));
    });
  }

  private Future<JsonObject> tell(GatewayCommand command, String correlationId) {
    return commands.tell(command, correlationId).map(reach -> new JsonObject()
        .put("connections", reach.connections())
        .put("nodes", reach.nodes())
        .put("unreachable", new JsonArray(reach.unreachable())));
  }

  private static Failure asFailure(Throwable thrown, String correlationId) {
    if (thrown instanceof Failure failure) {
      return failure;
    }
    LOG.error(LogEvent.INTERNAL_ERROR, correlationId).cause(thrown).write();
    return Failure.of(ErrorReason.INTERNAL);
  }
}
